/** The tables that a terminal of each kind has, when a story says nothing else. */

export const LIST = 'stadium-2016-02-20';

export const KINDS = {
  gate: {
    name: 'gate-1',
    tables: `[receipt]
driver = "simulated"
[services.event-entry]
list = "${LIST}"
gate = "西ゲート"
`,
  },
  counter: { name: 'counter-1', tables: '' },
  shelter: { name: 'shelter-1', tables: '' },
  kiosk: {
    name: 'kiosk-1',
    tables: `[receipt]
driver = "simulated"
[page]
driver = "simulated"
[payment]
driver = "simulated"
[services.family-register]
`,
  },
  stb: {
    name: 'tv-1',
    tables:
      '[place]\nmunicipality = "990029"\n[services.evacuation-alert]\nmunicipality = "汐見市"\n',
  },
} as const;

export type TerminalKind = keyof typeof KINDS;
