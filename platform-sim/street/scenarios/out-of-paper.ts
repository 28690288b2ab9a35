import type { Scenario } from '../stage.ts';

export const OUT_OF_PAPER: Scenario = {
  name: 'out-of-paper',
  title: { ja: '紙切れの間の座席券', en: 'Jobs during a paper-out' },
  incident: {
    ja: '紙がないのに「印刷できた」と答え、紙を入れると、たまった分が全部出た。',
    en: 'Printing was reported as done without paper, and everything came out once paper was back.',
  },
  source: {
    ja: 'esc_pos_printer #108、node-thermal-printer #78',
    en: 'esc_pos_printer #108, node-thermal-printer #78',
  },
  async play(stage) {
    const ids = ['sato-hanako', 'kazami-taro', 'nagihara-midori'];
    const guests = [];
    for (const id of ids) guests.push(await stage.guest(id));
    const before = await stage.papers();
    const since = stage.mark();
    stage.step('紙を切らして、3人が入ります', 'Out of paper; three people enter');
    await stage.break('paper-out');
    for (const guest of guests) await stage.tap(guest);
    const owed = stage.lines(since, 'print.owed').length;
    const entered = stage.lines(since, 'entry.granted').length;
    stage.prove(
      entered === 3 && owed === 3 && stage.lines(since, 'print.done').length === 0,
      { ja: '3人とも入れて、券は「あとで」になった', en: 'all three entered, three receipts owed' },
      { entered, owed },
    );
    stage.step('紙を入れます。何も出ないはずです', 'Paper is back; nothing may come out by itself');
    const back = stage.mark();
    await stage.mend('paper-out');
    await stage.line('device.condition', back);
    // The line has been empty long enough when the next person has been served.
    const [first] = guests;
    if (first === undefined) return;
    const hanako = await stage.tap(first);
    const torn = (await stage.papers()) - before;
    stage.prove(
      hanako.paper?.text.includes('A列 12番') === true && torn <= 2,
      {
        ja: '紙が戻っても、かざした人の券だけが出た',
        en: "only the holder's own receipt came out",
      },
      { papers: torn },
    );
    stage.step('残りの2人がもう一度かざします', 'The other two hold their cards again');
    for (const guest of guests.slice(1)) await stage.tap(guest);
    const done = stage.lines(back, 'print.done').length;
    stage.prove(
      done === 3,
      { ja: '3人に1枚ずつ、合わせて3枚', en: 'one paper each, three in all' },
      { done },
    );
  },
};
