import { reasonsInVietnamese } from './vietnamese-reasons.js';

const texts = {
  en: {
    cameras: 'Cameras',
    memory: 'Memory',
    events: 'Events',
    connected: 'connected',
    starting: 'the monitor is being started',
    lost: 'no connection to the monitor',
    clear: 'clear',
    blocked: 'BLOCKED',
    cleared: 'cleared',
    unknown: 'unknown',
    none: 'none yet',
    live: 'live',
    connecting: 'connecting',
    stalled: 'no signal',
    waiting: 'waiting to reconnect',
    ended: 'ended',
    now: (rss, heap, live) => `${rss} MB resident, ${heap} MB JavaScript heap, ${live} live resources`,
    rate: (n) => `${n} decisions/s`,
    memoryChart: 'resident memory of the last five minutes',
    coverageChart: (zone) => `coverage of ${zone} in the last five minutes`,
  },
  vi: {
    cameras: 'Camera',
    memory: 'Bộ nhớ',
    events: 'Sự kiện',
    connected: 'đã kết nối',
    starting: 'hệ thống giám sát đang khởi động',
    lost: 'mất kết nối với hệ thống giám sát',
    clear: 'thông',
    blocked: 'TẮC',
    cleared: 'đã thông',
    unknown: 'không rõ',
    none: 'chưa có',
    live: 'trực tiếp',
    connecting: 'đang kết nối',
    stalled: 'mất tín hiệu',
    waiting: 'đang chờ kết nối lại',
    ended: 'đã dừng',
    now: (rss, heap, live) => `${rss} MB RAM, ${heap} MB bộ nhớ JavaScript, ${live} tài nguyên đang dùng`,
    rate: (n) => `${n} lượt phân tích/giây`,
    memoryChart: 'RAM đã dùng trong năm phút gần nhất',
    coverageChart: (zone) => `độ phủ của ${zone} trong năm phút gần nhất`,
  },
};

/** `?lang=vi` or `?lang=en` goes ahead of what the browser is set to: it is often not the operator's own. */
const asked = new URLSearchParams(location.search).get('lang');
export const language =
  [asked, ...navigator.languages]
    .map((tag) => tag?.slice(0, 2))
    .find((tag) => tag !== undefined && Object.hasOwn(texts, tag)) ?? 'en';
export const text = texts[language];

const oneDecimal = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
export const decimal = (value) => oneDecimal.format(value);
export const percent = (value) => `${(value * 100).toFixed(0)} %`;
/** English is spoken in many ways of writing a date: the browser knows its own. */
export const moment = (at) => new Date(at).toLocaleString(language === 'vi' ? 'vi' : undefined);

/** Why something is as it is, a sentence of the monitor's: those that an operator meets are known here. */
export function reason(sentence) {
  if (language !== 'vi') return sentence;
  return reasonsInVietnamese.reduce(
    (said, [english, vietnamese]) => said.replace(english, vietnamese),
    sentence,
  );
}
