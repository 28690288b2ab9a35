/** The screen's server, kept open like a device: a port that is taken, or a page that is not built, stops no gate. */

import type { Config } from '../config.ts';
import type { Recorder } from '../recorder.ts';
import { type Inspect, type Supervisor, supervise } from '../supervision.ts';
import type { ScreenSource } from './screen-source.ts';
import { openUiServer, type SpeechSource, type UiServer } from './ui-server.ts';

export interface SupervisedScreenParts {
  readonly source: ScreenSource;
  /** The folder of the built pages. */
  readonly files: string;
  readonly speech: SpeechSource;
  readonly recorder: Recorder;
  readonly inspect: Inspect;
}

export function superviseScreen(
  { port, embed }: NonNullable<Config['screen']>,
  { source, files, speech, recorder, inspect }: SupervisedScreenParts,
): Supervisor {
  const note: Recorder['note'] = (event, fields) => recorder.note(event, fields);
  let server: UiServer | null = null;
  return supervise(
    {
      open: async () => {
        server = await openUiServer({
          source,
          port,
          files,
          embed: embed ?? null,
          speech,
          note,
        });
      },
      close: async () => {
        await server?.close();
        server = null;
      },
      onReady: () => note('device.ready', { device: 'screen', name: server?.origin }),
      onLost: (reason) => note('device.lost', { device: 'screen', reason }),
    },
    inspect,
  );
}
