// Why none of a cluster's hosts led to a leader. The client tries them all and says only that none
// did: each is asked once more for no more than a connection, and what it says is told by its name.
import { readFile } from 'node:fs/promises';
import { connect } from 'node:http2';
import { messageOf } from '../log-file-errors.ts';
import type { Server } from './connection-string.ts';

const WITHIN_MS = 1_000;

export type Hosts = Pick<Server, 'hosts' | 'isTls' | 'caFile'>;

/** Takes a second at most, and never rejects. Hosts that say the same are named together. */
export async function whyNoLeader({ hosts, isTls, caFile }: Hosts): Promise<string> {
  const ca = caFile === undefined ? undefined : await readFile(caFile).catch(() => undefined);
  const scheme = isTls ? 'https' : 'http';
  const answers = await Promise.all(hosts.map((host) => answerOf(`${scheme}://${host}`, ca)));
  return [...new Set(answers)]
    .map((answer) => `${hosts.filter((_, at) => answers[at] === answer).join(', ')}: ${answer}`)
    .join('; ');
}

function answerOf(url: string, ca: Buffer | undefined): Promise<string> {
  return new Promise((resolve) => {
    try {
      const session = connect(url, ca && { ca });
      const timer = setTimeout(() => tell('does not answer'), WITHIN_MS);
      const tell = (answer: string) => {
        clearTimeout(timer);
        resolve(answer);
        session.destroy();
      };
      // The listener stays: an error that comes late must not be uncaught.
      session.on('error', (error) => tell(reasonOf(error)));
      session.once('remoteSettings', () => tell('takes connections, but names no leader'));
      session.once('close', () => tell('hangs up, as one does that wants TLS'));
    } catch (error) {
      resolve(reasonOf(error));
    }
  });
}

function reasonOf(error: unknown): string {
  const { code, errors } = error as { readonly code?: string; readonly errors?: unknown[] };
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER') return 'does not speak TLS';
  // Of a name with several addresses each is tried.
  return messageOf(errors?.[0] ?? error);
}
