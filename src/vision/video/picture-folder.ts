/** A folder of pictures as a source: which files are read, in which order. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PlateauError } from '../../errors.ts';
import { parseVideoSource, type VideoSource } from './video-source.ts';

const pictureFile = /\.(?:jpe?g|png|bmp|tiff?|webp)$/i;

/** Names of the files in a folder that are pictures by their name, in no order. */
export function pictureNames(folder: string): string[] {
  return readdirSync(folder).filter((name) => pictureFile.test(name));
}

/** The folder's pictures by name, numbers in them by value: `p2` comes ahead of `p10`. @throws PlateauError when none. */
export function picturesOf(folder: VideoSource): VideoSource[] {
  const names = pictureNames(folder.address);
  names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const pictures = names.flatMap((name) => pictureOf(join(folder.address, name)));
  if (pictures.length > 0) return pictures;
  throw new PlateauError(
    'ERR_SOURCE_NO_FRAMES',
    `${folder.label} is a folder without pictures (jpg, png, bmp, tiff or webp): name a video, or a folder of pictures`,
  );
}

/** An empty file among pictures is passed over like any other that is none. */
function pictureOf(path: string): VideoSource[] {
  try {
    const source = parseVideoSource(path);
    return source.kind === 'file' ? [source] : [];
  } catch (error) {
    if (error instanceof PlateauError) return [];
    throw error;
  }
}
