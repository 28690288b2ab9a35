/**
 * Who may import whom; ARCHITECTURE.md says why. `npm run check` applies this file, and test/architecture.test.ts shows
 * that each rule reports a seeded violation. Paths are seen from the project's root; type imports count.
 */

const npm = 'node_modules/';
/** The wire's messages, the code on paper and the one encoding that is signed: words that both sides of the wire share. */
const protocol =
  '^src/link/(((question|certificate|upload|holdings|chunk|alert|evacuation)-)?protocol|paper-code)\\.ts$';

/**
 * Files below `from` import each other and what is named here, nothing else; Node's own modules (`core`) only where said so.
 * @param {string} from
 * @param {readonly string[]} allowed
 * @param {{ core: boolean }} options
 */
const mayOnlyImport = (from, allowed, { core }) => ({
  name: `${from.replaceAll('/', '-')}may-only-import`,
  severity: 'error',
  from: { path: `^${from}` },
  to: {
    pathNot: [`^${from}`, ...allowed],
    ...(core ? { dependencyTypesNot: ['core'] } : {}),
  },
});

/**
 * A library is imported in these places alone, so that replacing it is a change in one place. Tests may use it as they like.
 * @param {string} name
 * @param {readonly string[]} homes
 */
const library = (name, ...homes) => ({
  name: `${name}-has-one-home`,
  severity: 'error',
  from: { pathNot: [...homes.map((home) => `^${home}`), '^test/'] },
  to: { path: `${npm}${name}/` },
});

export default {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },

    mayOnlyImport('src/domain/', [], { core: false }),
    mayOnlyImport('state-machines/', ['^src/domain/', `${npm}xstate/`], { core: false }),
    mayOnlyImport('devices/', ['^src/domain/', npm], { core: true }),
    mayOnlyImport('src/text/', ['^src/domain/'], { core: false }),
    mayOnlyImport('src/pki/', ['^src/domain/', '^src/keys/key-store\\.ts$', protocol, npm], {
      core: true,
    }),
    mayOnlyImport('src/store/', ['^src/domain/', '^src/pki/', protocol, npm], { core: true }),
    mayOnlyImport('src/keys/', ['^src/store/disk\\.ts$', npm], { core: true }),
    mayOnlyImport(
      'src/alerts/',
      ['^src/(domain|pki|store)/', '^src/clock\\.ts$', protocol, `${npm}(zod|saxes)/`],
      { core: true },
    ),
    mayOnlyImport('src/link/', ['^src/(domain|keys|pki|store)/', '^src/clock\\.ts$', npm], {
      core: true,
    }),
    mayOnlyImport(
      'src/neighbours/',
      ['^src/(domain|keys|link|pki|store)/', '^src/clock\\.ts$', npm],
      {
        core: true,
      },
    ),
    mayOnlyImport(
      'src/transfer/',
      ['^src/(domain|keys|link|pki|store)/', '^src/recorder\\.ts$', npm],
      {
        core: true,
      },
    ),
    mayOnlyImport(
      'src/screen/',
      [
        '^src/(domain|text)/',
        '^state-machines/',
        '^devices/voice/voice\\.ts$',
        '^src/services/service\\.ts$',
        '^src/(config|journal|recorder|supervision)\\.ts$',
        npm,
      ],
      { core: true },
    ),
    mayOnlyImport(
      'platform-sim/',
      [
        '^src/domain/',
        protocol,
        '^devices/sim-control\\.ts$',
        '^devices/card/(vpcd|apdu|sim-card[a-z-]*)\\.ts$',
        '^devices/(receipt|payment)/sim-[a-z-]+\\.ts$',
        npm,
      ],
      { core: true },
    ),
    // The street's page and the town's are pages of the simulator. Node's own modules are for the build's configuration.
    mayOnlyImport(
      'kiosk-ui/',
      ['^src/(domain|text)/', '^platform-sim/(street|town)/(messages|requests)\\.ts$', npm],
      { core: true },
    ),
    mayOnlyImport('systemd/', ['^src/bin/pinned-node\\.mjs$'], { core: true }),

    {
      name: 'daemon-sees-device-interfaces',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: '^src/(main|terminal|(television-)?devices|doctor/machine)\\.ts$',
      },
      to: {
        path: '^devices/',
        pathNot: [
          '^devices/([^/]+)/\\1\\.ts$',
          '^devices/(receipt/receipt|page/page)-printer\\.ts$',
        ],
      },
    },
    {
      name: 'services-do-not-know-each-other',
      severity: 'error',
      from: { path: '^src/services/', pathNot: '^src/services/index\\.ts$' },
      to: { path: '^src/services/', pathNot: '^src/services/service\\.ts$' },
    },
    {
      // The log and the fan-out may be elsewhere one day: whoever serves terminals knows their ports, and no store.
      name: 'platform-services-know-ports-only',
      severity: 'error',
      from: {
        path: '^platform-sim/(services/|centre/|terminals?(-session)?\\.ts$|clock-sounding\\.ts$|intake\\.ts$)',
      },
      to: {
        path: '^platform-sim/(facts|fact-tables|fact-statements|embedded-fact-log|local-fan-out)\\.ts$',
      },
    },
    {
      name: 'nobody-imports-sim-or-test',
      severity: 'error',
      from: { pathNot: '^(platform-sim|test|kiosk-ui/(street|town))/' },
      to: { path: '^(platform-sim|test)/' },
    },

    {
      name: 'nobody-imports-the-pages',
      severity: 'error',
      // Tests may: what a page says of a day needs no browser.
      from: { pathNot: '^(kiosk-ui|test)/' },
      to: { path: '^kiosk-ui/' },
    },

    library('pcsclite', 'devices/card/pcsc-(readers-)?process\\.ts$'),
    library(
      'serialport',
      'devices/receipt/serial-printer\\.ts$',
      'devices/payment/serial-payment\\.ts$',
      'devices/modem-lines\\.ts$',
    ),
    library('better-sqlite3', 'src/store/', 'platform-sim/'),
    library('(pkijs|asn1js)', 'src/pki/', 'platform-sim/'),
    library('ws', 'src/link/', 'src/neighbours/', 'src/screen/', 'platform-sim/'),
    library('bonjour-service', 'src/neighbours/mdns-process\\.ts$'),
    library('pkcs11js', 'src/keys/pkcs11-(token|templates)\\.ts$'),
    library('saxes', 'src/alerts/xml\\.ts$'),
    library('node-hid', 'devices/remote/hid-process\\.ts$'),
    library('koffi', 'src/service-manager\\.ts$', 'devices/remote/evdev-grab\\.ts$'),
    library('uplot', 'kiosk-ui/town/'),
    library('d3-geo', 'kiosk-ui/town/'),
    library('harfbuzzjs', 'platform-sim/municipality/coverage\\.ts$'),
    library('uqr', 'platform-sim/municipality/paper-signature\\.ts$'),
    library('prom-client', 'src/(neighbour-)?metrics\\.ts$'),
    library(
      'xstate',
      'state-machines/',
      'src/(services|procedure|certificate-order|usage-registration|screen|shelter|staff|television)/',
      'src/(card-actors|idle|secret-pad|terminal|terminal-machine|supervision)\\.ts$',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
