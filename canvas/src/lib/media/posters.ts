// Still pictures of takes: one frame of each, taken in the browser, a few at a time, kept for a while.

const MOST = 600;
const AT_ONCE = 2;
const WIDTH = 480;

const found = new Map<string, Promise<string>>();
const waiting: (() => void)[] = [];
let running = 0;

export const takeAddress = (take: string): string => `/api/v1/takes/${take}/content`;

/** The address of a still picture of a take; rejected where there is none to be had. */
export function posterOf(take: string, kind: 'video' | 'image'): Promise<string> {
  let poster = found.get(take);
  if (poster === undefined) {
    poster = kind === 'image' ? Promise.resolve(takeAddress(take)) : inTurn(() => grab(take));
    poster.catch(() => found.delete(take));
    found.set(take, poster);
    forgetOldest();
  } else {
    // The one that was asked for last is forgotten last.
    found.delete(take);
    found.set(take, poster);
  }
  return poster;
}

function forgetOldest(): void {
  if (found.size <= MOST) return;
  const [oldest] = found;
  if (oldest === undefined) return;
  found.delete(oldest[0]);
  oldest[1].then(
    (address) => address.startsWith('blob:') && URL.revokeObjectURL(address),
    () => undefined,
  );
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) await new Promise<void>((go) => waiting.push(go));
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

function grab(take: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const video = document.createElement('video');
    const end = (): void => {
      video.removeAttribute('src');
      video.load();
    };
    video.muted = true;
    video.preload = 'auto';
    video.onerror = () => {
      end();
      reject(new Error('This take shows no picture.'));
    };
    // A little way in: the first frame is often the darkest.
    video.onloadedmetadata = () => (video.currentTime = Math.min(1, video.duration / 3));
    video.onseeked = () => {
      const scale = Math.min(1, WIDTH / video.videoWidth);
      const canvas = document.createElement('canvas');
      canvas.width = Math.round(video.videoWidth * scale);
      canvas.height = Math.round(video.videoHeight * scale);
      canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height);
      end();
      canvas.toBlob(
        (blob) => {
          if (blob) resolve(URL.createObjectURL(blob));
          else reject(new Error('This take shows no picture.'));
        },
        'image/webp',
        0.85,
      );
    };
    video.src = takeAddress(take);
  });
}
