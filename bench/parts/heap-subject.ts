/** Part of heap-per-frame: runs the line over a recording and says when steady state begins and ends. */
import { BroadcastChannel } from 'node:worker_threads';
import { analyzeRecordings } from '../../src/runtime/analyze-recordings.ts';
import { cameraSettings, modelSettings } from '../harness/line.ts';
import { channelName, type ThreadHeap } from './heap-observer.ts';

const [clip, model, frameCount, warmUp, what] = process.argv.slice(2);
const threads = 3;
const channel = new BroadcastChannel(channelName);
const heard: ThreadHeap[] = [];
const stop = new AbortController();
let began = 0;
let ended = 0;

// The main thread's own observer hears `begin` and `end` like the others; its answer and theirs come back here.
channel.onmessage = (event) => {
  const message = (event as { data: ThreadHeap | string }).data;
  if (typeof message === 'string') return;
  heard.push(message);
  if (heard.length < threads) return;
  // Ended by message: a thread that is torn down in mid-call takes the process along.
  stop.abort();
};

const { failures } = await analyzeRecordings({
  model: modelSettings(model),
  recordings: [cameraSettings('bench', clip, 'every')],
  signal: stop.signal,
  onProgress: ({ decided }) => {
    if (decided === Number(warmUp)) {
      began = decided;
      channel.postMessage(`begin ${what}`);
    } else if (decided === Number(warmUp) + Number(frameCount)) {
      ended = decided;
      channel.postMessage('end');
    }
  },
});
if (heard.length < threads) throw failures[0];
console.log(JSON.stringify({ frames: ended - began, threads: heard }));
channel.close();
