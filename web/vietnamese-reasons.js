/**
 * The monitor gives its reasons in English, around addresses and numbers. Each pair is one part of such a sentence and
 * what an operator reads instead of it; a sentence that is not known here is shown as it came.
 */
export const reasonsInVietnamese = [
  [/^no picture yet$/, 'chưa có hình'],
  [/^the picture cannot be trusted$/, 'hình ảnh không đáng tin cậy'],
  [/^no decision for (\d+) s$/, 'không có kết quả phân tích trong $1 giây'],
  [
    /refused the user name or password: .*?(?= \(next|$)/,
    'từ chối tên người dùng hoặc mật khẩu: hãy kiểm tra cả hai',
  ],
  [
    /did not answer within (\S+) s: check that the camera is on and that address and port are right/,
    'không trả lời trong $1 giây: hãy kiểm tra camera đã bật chưa, địa chỉ và cổng có đúng không',
  ],
  [
    /refused the connection: check the port and that its server is on/,
    'từ chối kết nối: hãy kiểm tra cổng và xem máy chủ của camera đã bật chưa',
  ],
  [
    /cannot be reached from this machine: check address and network/,
    'không thể kết nối tới từ máy này: hãy kiểm tra địa chỉ và mạng',
  ],
  [
    /: the host name (".*?") is not known: check its spelling and this machine's name server/,
    ': không tìm thấy tên máy $1: hãy kiểm tra chính tả và máy chủ tên miền (DNS)',
  ],
  [
    /answers, but has no such stream \(404\): check the path behind the host/,
    'có trả lời nhưng không có luồng video này (404): hãy kiểm tra đường dẫn sau tên máy',
  ],
  [
    /answers with a fault of its own \(5xx\): restart the camera or look at its log/,
    'báo lỗi của chính camera (5xx): hãy khởi động lại camera hoặc xem nhật ký của nó',
  ],
  [/sent no picture for (\S+) s/, 'không gửi hình nào trong $1 giây'],
  [/sent nothing for (\S+) s/, 'không gửi dữ liệu trong $1 giây'],
  [/stopped sending \(/, 'đã ngừng gửi ('],
  [/: check the camera and the network between/, ': hãy kiểm tra camera và đường mạng'],
  [
    /was lost \((.*?)\): the camera closed the connection or the network broke/,
    'bị mất tín hiệu ($1): camera đã đóng kết nối hoặc mạng bị gián đoạn',
  ],
  [/ \(next try in (\d+)\.(\d) s\)/, ' (thử lại sau $1,$2 giây)'],
];
