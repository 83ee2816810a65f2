import type { DayName } from './days.js';

/** Where to look while the day plays. */
export function lookAroundText(url: string): string {
  return [
    `look      ${url}/docs shows every call; npx naru status and npx naru verify look inside`,
    'accounts  npx naru accounts: the clients of the demonstration, and who can sign in',
    'stop      Ctrl-C; the next npm start goes on where it was',
  ].join('\n');
}

/** What to do once the day is over. */
export function afterDayText(url: string, day: DayName): string {
  const other = day === 'live' ? ['npm start -- --day big', 'a day of 1,123 markets and 10,034 lots'] : ['npm start', 'the day of one market, event by event'];
  const rows = [
    ['the tour in README.md', 'consign, receive, sell and bid by curl'],
    ['npx naru verify', 'every numbered rule on the rows of the day'],
    ['npm start -- --fresh', 'this day again from its beginning'],
    other,
  ];
  const width = Math.max(...rows.map(([what]) => what!.length));
  return [`Naru runs on at ${url}, its clock in real time from here; Ctrl-C stops it. Next:`, ...rows.map(([what, why]) => `  ${what!.padEnd(width)}  ${why!}`)].join('\n');
}

export function emptySystemText(url: string): string {
  return [
    `look      ${url}/docs shows every call; npx naru status and npx naru verify look inside`,
    'accounts  npx naru accounts: the operator, who registers organizations and their clients',
    'stop      Ctrl-C; the next npm start goes on with the same data',
    'The system is empty and in real time.',
  ].join('\n');
}
