// Brings a file by tus-js-client, as a browser does: node drive/upload.mjs --endpoint … --token …
// --file … [--break 3] breaks the connection that often on the way, with a whole client gone each
// time: the next one knows only the address that the last one had stored.
import { createReadStream, statSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import * as tus from 'tus-js-client';

const { values } = parseArgs({
  options: {
    endpoint: { type: 'string' },
    token: { type: 'string' },
    file: { type: 'string' },
    break: { type: 'string', default: '0' },
    chunk: { type: 'string', default: '0' },
  },
});
const size = statSync(values.file).size;
const breaks = Number(values.break);
const started = Date.now();
let url = null;
let requests = 0;

/** One client: sends until it is done, or until its connection is broken at `stopAt` bytes. */
function client(stopAt) {
  return new Promise((resolve, reject) => {
    const upload = new tus.Upload(createReadStream(values.file), {
      endpoint: values.endpoint,
      uploadUrl: url,
      uploadSize: size,
      chunkSize: Number(values.chunk) || size,
      retryDelays: [0, 100, 500, 1000, 3000, 5000],
      metadata: { filename: basename(values.file), filetype: 'application/octet-stream' },
      headers: { Authorization: `Bearer ${values.token}` },
      onBeforeRequest: () => {
        requests += 1;
      },
      onUploadUrlAvailable: () => {
        url = upload.url;
      },
      onProgress: (sent) => {
        if (stopAt !== null && sent >= stopAt) {
          stopAt = null;
          // The connection is cut in the middle of its request: the server is told nothing.
          void upload.abort(false).then(() => resolve(null));
        }
      },
      onSuccess: ({ lastResponse }) => resolve(lastResponse.getHeader('Upload-Media') ?? ''),
      onError: (error) =>
        reject(
          new Error(
            `${error.originalResponse?.getStatus()} ${error.originalResponse?.getBody() ?? error}`,
          ),
        ),
    });
    upload.start();
  });
}

try {
  let media = null;
  for (let n = 1; n <= breaks && media === null; n += 1) {
    media = await client(Math.floor((size * n) / (breaks + 1)));
  }
  media ??= await client(null);
  console.log(JSON.stringify({ media, url, requests, seconds: (Date.now() - started) / 1000 }));
  process.exit(0);
} catch (error) {
  console.log(JSON.stringify({ error: error.message, url }));
  process.exit(0);
}
