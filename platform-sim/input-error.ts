/** What a person or a file asked for cannot be done; `lines` say what would be right. The command line exits with 2. */
export class InputError extends Error {
  readonly lines: readonly string[];
  constructor(...lines: readonly string[]) {
    super(lines.join('\n'));
    this.name = 'InputError';
    this.lines = lines;
  }
}
