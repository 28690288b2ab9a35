/** The Debian packages that set-up installs, and what each is for. */

/**
 * @typedef {'build' | 'run' | 'test' | 'systemd' | 'kernel'} Need
 * @typedef {{ name: string, need: Need, file: string, why: string }} Part
 */

/**
 * Every Debian package that is used, by what proves it is there: a program's name, or the file a compiler or linker asks for.
 * `*` stands for the multiarch folder.
 * @type {readonly Part[]}
 */
export const PARTS = [
  {
    name: 'g++',
    need: 'build',
    file: 'g++',
    why: 'compiles pcsclite, pkcs11js and the vpcd driver',
  },
  { name: 'make', need: 'build', file: 'make', why: 'node-gyp' },
  { name: 'python3', need: 'build', file: 'python3', why: 'node-gyp' },
  {
    name: 'libpcsclite-dev',
    need: 'build',
    file: '/usr/include/PCSC/winscard.h',
    why: 'headers of PC/SC for pcsclite',
  },
  { name: 'pcscd', need: 'run', file: 'pcscd', why: 'the PC/SC service: real card readers' },
  {
    name: 'vsmartcard-vpcd',
    need: 'run',
    file: '/usr/lib/pcsc/drivers/serial/libifdvpcd.so',
    why: 'the reader driver behind which the virtual card stands',
  },
  {
    name: 'fonts-morisawa-bizud-gothic',
    need: 'run',
    file: '/usr/share/fonts/truetype/bizud-gothic/BIZUDGothic-Regular.ttf',
    why: 'text outside CP932 is printed as an image in this font',
  },
  {
    name: 'fonts-noto-cjk',
    need: 'run',
    file: '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc',
    why: 'characters that BIZ UDGothic lacks, such as 𠮷',
  },
  {
    name: 'fonts-ipamj-mincho',
    need: 'run',
    file: '/usr/share/fonts/truetype/ipamj/ipamjm.ttf',
    why: "the font of the municipalities' certificates: the characters of names, with their variants",
  },
  { name: 'fontconfig', need: 'run', file: 'fc-list', why: 'finds the fonts for such text' },
  {
    name: 'opensc',
    need: 'test',
    file: 'opensc-tool',
    why: 'a second opinion on the virtual card',
  },
  { name: 'softhsm2', need: 'test', file: 'softhsm2-util', why: "a token for a terminal's keys" },
  {
    name: 'umockdev',
    need: 'test',
    file: 'umockdev-run',
    why: 'a remote control in sysfs and /dev, for the real HID library',
  },
  { name: 'v4l-utils', need: 'test', file: 'cec-ctl', why: 'whether it takes what it is told' },
  { name: 'openssl', need: 'test', file: 'openssl', why: 'a second opinion on signatures' },
  { name: 'espeak-ng', need: 'run', file: 'espeak-ng', why: 'the voice of the screen' },
  { name: 'chromium', need: 'test', file: 'chromium', why: 'looks at the pages as a browser does' },
  { name: 'socat', need: 'run', file: 'socat', why: 'the simulated printer on a serial line' },
  {
    name: 'cups-ipp-utils',
    need: 'run',
    file: '/usr/sbin/ippeveprinter',
    why: 'the page printer of the street, a second opinion on IPP',
  },
  {
    name: 'dbus-daemon',
    need: 'run',
    file: 'dbus-daemon',
    why: 'the message bus that ippeveprinter insists on, with nobody on it',
  },
  { name: 'faketime', need: 'run', file: 'faketime', why: 'a clock without a battery' },
  { name: 'iproute2', need: 'test', file: 'ip', why: 'a network of its own for the street' },
  { name: 'nftables', need: 'test', file: 'nft', why: 'loses packets between two machines' },
  {
    name: 'systemd-container',
    need: 'systemd',
    file: 'systemd-nspawn',
    why: 'boots a machine with a systemd of its own',
  },
  { name: 'debootstrap', need: 'systemd', file: 'debootstrap', why: "that machine's Debian" },
  {
    name: 'qemu-system-x86',
    need: 'kernel',
    file: 'qemu-system-x86_64',
    why: 'a machine with a kernel of its own',
  },
  { name: 'e2fsprogs', need: 'systemd', file: 'mkfs.ext4', why: 'a small disk that fills up' },
];
