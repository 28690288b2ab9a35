/**
 * Alerts that a stick carries, for whatever terminals it comes to: each is judged by itself, as one that comes over the link
 * is, so nobody has to say that they are to be taken.
 */

import { z } from 'zod';
import { ALERT_FRAME } from '../link/alert-protocol.ts';
import type { AlertEar } from '../link/downloads.ts';
import type { Signers } from '../pki/signed-object.ts';
import { readStickFile, type StickFileFault } from './stick-file.ts';

/** More than a municipality has at once; each has 256 KiB at most, and a stick has little of that. */
const ALERTS_MAX = 64;
const BYTES_MAX = 8_388_608;

const FRAMES = z.array(ALERT_FRAME).max(ALERTS_MAX);

/** Below the folder where the stick is mounted. */
export const ALERTS_PATH: readonly string[] = ['kazasu', 'alerts.json'];

/** How many statements were handed over; what becomes of each, the ear says. */
export async function takeStickAlerts(
  mount: string,
  alerts: Pick<AlertEar, 'take'>,
  signers: Signers,
): Promise<number | StickFileFault | 'malformed'> {
  const bytes = await readStickFile(mount, ALERTS_PATH, BYTES_MAX);
  if (typeof bytes === 'string') return bytes;
  const frames = framesIn(bytes);
  if (frames === null) return 'malformed';
  for (const { statement } of frames) await alerts.take(Buffer.from(statement, 'base64'), signers);
  return frames.length;
}

function framesIn(json: Buffer): z.infer<typeof FRAMES> | null {
  try {
    return FRAMES.safeParse(JSON.parse(json.toString('utf8'))).data ?? null;
  } catch {
    return null;
  }
}
