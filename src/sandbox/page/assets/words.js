// What the page itself says, in Korean and English, and how it writes times. The apps' own phrases follow the
// apps' Korean editions.

const KOREAN = {
  title: '조간 데모',
  tagline: '이 컴퓨터 안의 Discord와 Telegram',
  otherLanguage: 'English',
  channel: '채널',
  chat: '대화방',
  topic: '주제',
  allTopics: '모든 주제',
  person: '나는',
  connected: '봇 온라인',
  waiting: '봇을 기다리는 중',
  lost: '연결이 끊겼습니다. 다시 연결하고 있습니다…',
  app: '앱',
  bot: '봇',
  used: (command) => [' 님이 ', command, ' 사용'],
  replied: '답장',
  thinking: '생각하는 중…',
  edited: '(수정됨)',
  editedShort: '수정됨',
  silent: '알림 없이 보낸 메시지',
  onlyYou: '나만 볼 수 있음',
  dismiss: '이 메시지 닫기',
  spoiler: '가려진 내용 보기',
  image: '이미지',
  noImage: '이미지는 여기에서 불러오지 않습니다',
  file: '파일',
  choose: '선택하기',
  done: '완료',
  noResponse: '애플리케이션이 응답하지 않았습니다',
  interactionFailed: '상호작용에 실패했습니다',
  unknownCommand: '그런 명령은 없습니다. /를 치면 목록이 나옵니다.',
  plainText: 'Discord 쪽은 명령만 받습니다. /로 시작해 주세요.',
  required: '필수 항목입니다',
  wrongNumber: '숫자를 써 주세요',
  pickOne: '목록에서 골라 주세요',
  noAccess: '이 명령을 쓸 권한이 없습니다',
  offline: '봇이 아직 연결되지 않았습니다',
  failed: '보내지 못했습니다',
  botSilent: '봇이 응답하지 않았습니다',
  optional: (count) => `+${count} 선택 사항`,
  optionalLabel: '선택 사항 더하기',
  commands: '명령',
  options: '선택 사항',
  values: '값',
  yes: '참',
  no: '거짓',
  discordBox: (channel) => `${channel}에 명령 쓰기 — / 를 쳐 보세요`,
  telegramBox: '메시지 — / 를 쳐 보세요',
  send: '보내기',
  ok: '확인',
  welcome: (channel) => `${channel}에 오신 걸 환영합니다`,
  beginning: '이 채널의 시작입니다. 아래 입력창에 /를 치면 명령이 나옵니다.',
  nothing: '아직 메시지가 없습니다',
  nothingHint: '아래 입력창에 /를 치면 봇의 메뉴가 나옵니다.',
  expand: '펼치기',
  collapse: '접기',
  joined: (who) => `${who} 님이 들어왔습니다`,
  left: (who) => `${who} 님이 나갔습니다`,
  migrated: '이 그룹은 슈퍼그룹이 되었습니다',
  pinned: (who) => `${who} 님이 메시지를 고정했습니다`,
  topicCreated: (name) => `주제 ‘${name}’ 만들어짐`,
  topicClosed: '주제가 닫혔습니다',
  topicReopened: '주제가 다시 열렸습니다',
  groupCreated: '그룹이 만들어졌습니다',
  titled: (name) => `이름이 ‘${name}’ 로 바뀌었습니다`,
  service: '알림',
  today: '오늘',
  yesterday: '어제',
  kinds: { private: '개인 대화', group: '그룹', supergroup: '그룹', forum: '포럼', channel: '채널' },
};

const ENGLISH = {
  ...KOREAN,
  title: 'Jogan demo',
  tagline: 'a Discord and a Telegram inside this computer',
  otherLanguage: '한국어',
  channel: 'Channel',
  chat: 'Chat',
  topic: 'Topic',
  allTopics: 'All topics',
  person: 'I am',
  connected: 'Bot online',
  waiting: 'Waiting for the bot',
  lost: 'The connection is lost. Trying again…',
  app: 'APP',
  bot: 'bot',
  used: (command) => [' used ', command],
  replied: 'Reply',
  thinking: 'Thinking…',
  edited: '(edited)',
  editedShort: 'edited',
  silent: 'Sent without a notification',
  onlyYou: 'Only you can see this',
  dismiss: 'Dismiss message',
  spoiler: 'Show the spoiler',
  image: 'Image',
  noImage: 'Images are not loaded here',
  file: 'File',
  choose: 'Make a selection',
  done: 'Done',
  noResponse: 'The application did not respond',
  interactionFailed: 'This interaction failed',
  unknownCommand: 'There is no such command. Type / for the list.',
  plainText: 'The Discord side takes commands only. Start with /.',
  required: 'This option is required',
  wrongNumber: 'Enter a number',
  pickOne: 'Choose from the list',
  noAccess: 'You do not have permission to use this command',
  offline: 'The bot is not connected yet',
  failed: 'It could not be sent',
  botSilent: 'The bot did not respond',
  optional: (count) => `+${count} optional`,
  optionalLabel: 'Add an option',
  commands: 'Commands',
  options: 'Options',
  values: 'Values',
  yes: 'True',
  no: 'False',
  discordBox: (channel) => `Command in ${channel} — try /`,
  telegramBox: 'Message — try /',
  send: 'Send',
  ok: 'OK',
  welcome: (channel) => `Welcome to ${channel}`,
  beginning: 'This is the start of the channel. Type / below for the commands.',
  nothing: 'No messages here yet',
  nothingHint: 'Type / below for the bot’s menu.',
  expand: 'Expand',
  collapse: 'Collapse',
  joined: (who) => `${who} joined`,
  left: (who) => `${who} left`,
  migrated: 'This group became a supergroup',
  pinned: (who) => `${who} pinned a message`,
  topicCreated: (name) => `Topic “${name}” was created`,
  topicClosed: 'The topic was closed',
  topicReopened: 'The topic was reopened',
  groupCreated: 'The group was created',
  titled: (name) => `The name is now “${name}”`,
  service: 'Notice',
  today: 'Today at',
  yesterday: 'Yesterday at',
  kinds: { private: 'private chat', group: 'group', supergroup: 'group', forum: 'forum', channel: 'channel' },
};

/** `ko` unless the address says `?lang=en`. */
export const language = new URLSearchParams(location.search).get('lang') === 'en' ? 'en' : 'ko';

/** The phrases of the page's language. */
export const words = language === 'en' ? ENGLISH : KOREAN;

const locale = language === 'en' ? 'en-US' : 'ko-KR';
const formats = new Map();

function format(options) {
  const name = JSON.stringify(options);
  if (!formats.has(name)) formats.set(name, new Intl.DateTimeFormat(locale, options));
  return formats.get(name);
}

function dayNumber(date) {
  return Math.floor((date.getTime() - date.getTimezoneOffset() * 60_000) / 86_400_000);
}

/** Clock time, `오전 8:30`. */
export const clockTime = (date) => format({ timeStyle: 'short' }).format(date);

/** Clock time of Telegram's bubbles, `08:30`. */
export const bubbleTime = (date) => format({ hour: '2-digit', minute: '2-digit', hour12: false }).format(date);

/** The day as a divider names it, `2025년 12월 17일`. */
export const dayName = (date) => format({ dateStyle: 'long' }).format(date);

/** The day without its year, `12월 17일`, as Telegram's divider has it. */
export const shortDayName = (date) => format({ month: 'long', day: 'numeric' }).format(date);

/** Two instants on one local day. */
export const sameDay = (one, other) => dayNumber(one) === dayNumber(other);

/** A message's time as Discord writes it: today and yesterday by name, else the date. */
export function messageTime(date) {
  const ago = dayNumber(new Date()) - dayNumber(date);
  if (ago === 0) return `${words.today} ${clockTime(date)}`;
  if (ago === 1) return `${words.yesterday} ${clockTime(date)}`;
  return format({ dateStyle: 'short', timeStyle: 'short' }).format(date);
}

const STYLES = {
  t: { timeStyle: 'short' },
  T: { timeStyle: 'medium' },
  d: { year: 'numeric', month: '2-digit', day: '2-digit' },
  D: { dateStyle: 'long' },
  f: { dateStyle: 'long', timeStyle: 'short' },
  F: { dateStyle: 'full', timeStyle: 'short' },
};

/** A `<t:unix:style>` mark as Discord shows it to somebody in this browser's time zone. */
export function markedTime(date, style) {
  return style === 'R' ? fromNow(date) : format(STYLES[style] ?? STYLES.f).format(date);
}

const SPANS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

function fromNow(date) {
  const seconds = Math.round((date.getTime() - Date.now()) / 1000);
  const [unit, size] = SPANS.find(([, length]) => Math.abs(seconds) >= length) ?? SPANS.at(-1);
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(Math.round(seconds / size), unit);
}
