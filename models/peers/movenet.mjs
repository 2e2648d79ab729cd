// What MoveNet Thunder finds: node models/peers/movenet.mjs --data DATA --models DIR --out FILE
//
// DIR holds movenet-thunder.json and .bin; the npm packages are looked for in node_modules of DIR
// and of the folders above it. One pass over the whole picture, padded to a square with black: the
// crop of MoveNet's own package (@tensorflow-models/pose-detection) when it follows nobody. MoveNet
// finds one person, or none if no keypoint scores above 0.2.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';

const SIZE = 256;
const LOWEST_SCORE = 0.2;
const HELD_OUT_EVERY = 4; // of the pictures without people
const LABELLED = ['exercise_frames', 'lspet', 'coco_val']; // the same as in pictures.py
const EMPTY = 'negatives';

class InputError extends Error {}

function options() {
  const names = ['data', 'models', 'out'];
  const known = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
  let values;
  try {
    ({ values } = parseArgs({ options: known }));
  } catch (error) {
    throw new InputError(error.message);
  }
  const missing = names.filter((name) => !values[name]);
  if (missing.length) throw new InputError(`give --${missing.join(' and --')}`);
  return values;
}

function read(file, encoding) {
  try {
    return fs.readFileSync(file, encoding);
  } catch (error) {
    throw new InputError(`cannot read ${file}: ${error.code}`);
  }
}

function readJson(file) {
  const text = read(file, 'utf8');
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError(`${file} is not JSON`);
  }
}

/** The pictures held out from training, as [name, file]. */
function heldOut(data) {
  const pictures = LABELLED.flatMap((set) => {
    const usual = set.endsWith('_val') ? 'val' : 'train';
    return readJson(path.join(data, set, 'annotations.json'))
      .images.filter((image) => (image.split ?? usual) === 'val')
      .map((image) => [set, image.file_name]);
  });
  const folder = path.join(data, EMPTY, 'images');
  const empty = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  const held = empty.filter((file) => file.endsWith('.jpg')).sort();
  pictures.push(
    ...held.filter((_, index) => index % HELD_OUT_EVERY === 0).map((file) => [EMPTY, file]),
  );
  return pictures.map(([set, file]) => [`${set}/${file}`, path.join(data, set, 'images', file)]);
}

/** TensorFlow.js with the WebAssembly backend on one thread, and the JPEG decoder. */
async function openPackages(models) {
  const require = createRequire(path.join(path.resolve(models), 'any.js'));
  let tf;
  let wasm;
  let jpeg;
  let folder;
  try {
    tf = require('@tensorflow/tfjs');
    wasm = require('@tensorflow/tfjs-backend-wasm');
    folder = path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
    jpeg = require('jpeg-js');
  } catch (error) {
    throw new InputError(`a package is missing: ${error.message.split('\n')[0]}`);
  }
  wasm.setWasmPaths(folder + path.sep);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await tf.setBackend('wasm');
  await tf.ready();
  return { tf, jpeg };
}

async function openModel(tf, models) {
  const { modelTopology, weightsManifest, signature } = readJson(
    path.join(models, 'movenet-thunder.json'),
  );
  const parts = weightsManifest.flatMap((group) => group.paths);
  const bytes = Buffer.concat(parts.map((part) => read(path.join(models, part))));
  const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const weightSpecs = weightsManifest.flatMap((group) => group.weights);
  const artifacts = { modelTopology, weightSpecs, weightData, signature, format: 'graph-model' };
  return tf.loadGraphModel({ load: async () => artifacts });
}

function decodePicture(jpeg, file) {
  const bytes = read(file);
  try {
    return jpeg.decode(bytes, { useTArray: true, formatAsRGBA: false });
  } catch {
    throw new InputError(`${file} is not a picture that can be read`);
  }
}

/** The 51 numbers of the person, or nobody. */
function find(tf, model, { width, height, data }) {
  const side = Math.max(width, height);
  const left = (width - side) / 2;
  const top = (height - side) / 2;
  const box = [top / height, left / width, (top + side) / height, (left + side) / width];
  const values = tf.tidy(() => {
    const picture = tf.tensor4d(data, [1, height, width, 3], 'int32');
    const square = tf.image.cropAndResize(picture, [box], [0], [SIZE, SIZE], 'bilinear', 0);
    return model.execute(tf.cast(square, 'int32')).dataSync();
  });
  const points = Array.from({ length: 17 }, (_, k) => values.subarray(3 * k, 3 * k + 3));
  if (!points.some(([, , score]) => score > LOWEST_SCORE)) return [];
  const person = points.flatMap(([y, x, score]) => [left + x * side, top + y * side, score]);
  return [person.map((value) => Math.round(value * 1000) / 1000)];
}

async function main() {
  const { data, models, out } = options();
  const { tf, jpeg } = await openPackages(models);
  const model = await openModel(tf, models);
  const pictures = heldOut(data);
  const { dir, name, ext } = path.parse(out);
  const beside = path.join(dir, `.${name}.part${ext}`);
  try {
    fs.writeFileSync(beside, '');
  } catch (error) {
    throw new InputError(`cannot write ${out}: ${error.code}`);
  }
  try {
    const found = {};
    for (const [index, [key, file]] of pictures.entries()) {
      found[key] = find(tf, model, decodePicture(jpeg, file));
      process.stderr.write(`\r${index + 1} of ${pictures.length}`);
    }
    const detector = `MoveNet SinglePose Thunder 4, ${SIZE}`;
    fs.writeFileSync(beside, `${JSON.stringify({ detector, pictures: found })}\n`);
    fs.renameSync(beside, out);
  } finally {
    process.stderr.write('\n');
    fs.rmSync(beside, { force: true });
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  process.stderr.write(`movenet: ${error.message}\n`);
  process.exitCode = 2;
}
