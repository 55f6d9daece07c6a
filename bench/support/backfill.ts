import { execFile } from 'node:child_process';
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readBlock, writeShifted } from './shift-block.ts';
import { recordedRatio } from './sloth-rules.ts';
import { eachSeries, wideJob, wideServices } from './wide-fleet.ts';
import { seededRandom } from './statistics.ts';

export interface BackfillPlan {
  /** Where Prometheus will look for its data. */
  readonly data: string;
  readonly folder: string;
  /** host:port of the target that the history goes on with. */
  readonly address: string;
  readonly days: number;
  readonly stepSeconds: number;
  /** Between two points of the recorded ratio. */
  readonly recordedStepSeconds: number;
}

/** Length of the piece that promtool makes, and so the time between two restarts of every process. */
const pieceMs = 6 * 3_600_000;
/** promtool cuts blocks at multiples of this. */
const cutMs = 9 * pieceMs;
const run = promisify(execFile);

/** Gives Prometheus a past that ends now: promtool makes the first piece, the others are that one at other times. */
export async function backfill(plan: BackfillPlan): Promise<void> {
  const begin = (Math.floor(Date.now() / cutMs) - 1) * cutMs;
  const text = join(plan.folder, 'piece.om');
  await writePiece(text, begin, plan);
  const flags = ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', `--max-block-duration=${cutMs}ms`];
  await run('promtool', [...flags, text, plan.data], { timeout: 200_000, killSignal: 'SIGKILL' });
  await rm(text);
  const blocks = await readdir(plan.data);
  const [name = ''] = blocks;
  if (blocks.length !== 1) throw new Error(`promtool made ${blocks.length} blocks instead of one`);
  const block = await readBlock(join(plan.data, name));
  await rm(block.folder, { recursive: true });
  const pieces = Math.ceil((plan.days * 86_400_000) / pieceMs);
  // Copying takes seconds; a hole of one or two scrapes is left between the newest piece and the first scrape.
  const end = Math.floor(Date.now() / 1_000) * 1_000;
  for (let piece = 1; piece <= pieces; piece++) await writeShifted(block, end - piece * pieceMs - begin, piece);
}

async function writePiece(file: string, begin: number, plan: BackfillPlan): Promise<void> {
  const { address, stepSeconds, recordedStepSeconds } = plan;
  const random = seededRandom(1);
  const from = begin / 1_000;
  const to = (begin + pieceMs) / 1_000;
  await using out = await open(file, 'w');
  const target = `job="${wideJob}",instance="${address}"`;
  await out.write('# TYPE up gauge\n');
  let lines = '';
  for (let at = from; at < to; at += stepSeconds) lines += `up{${target}} 1 ${at}\n`;
  await out.write(`${lines}# TYPE http_requests counter\n`);
  for (const service of wideServices) {
    lines = '';
    eachSeries(service, (labels, perSecond) => {
      const head = `http_requests_total{${target},${labels}} `;
      let events = 0;
      for (let at = from; at < to; at += stepSeconds) {
        events += perSecond * stepSeconds * (0.5 + random());
        lines += `${head}${Math.floor(events)} ${at}\n`;
      }
    });
    await out.write(lines);
  }
  await out.write(`# TYPE ${recordedRatio} gauge\n`);
  for (const service of wideServices) {
    lines = '';
    const labels = `sloth_id="${service}-requests",sloth_service="${service}",sloth_slo="requests",sloth_window="5m"`;
    for (let at = from; at < to; at += recordedStepSeconds)
      lines += `${recordedRatio}{${labels}} ${0.0006 * (0.5 + random())} ${at}\n`;
    await out.write(lines);
  }
  await out.write('# EOF\n');
}
