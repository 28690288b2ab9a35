import { NotProvedError, type Scenario } from '../stage.ts';

export const CRASH_BEFORE_LOG: Scenario = {
  name: 'crash-before-log',
  title: { ja: '紙が出た直後に落ちる', en: 'Crash between paper and log' },
  incident: {
    ja: '印刷してから記録していたため、その間に落ちると、出した紙がなかったことになった。',
    en: 'The paper was printed before it was logged: a crash in between forgot the paper.',
  },
  source: { ja: 'alf.io-PI', en: 'alf.io-PI' },
  async play(stage) {
    const { receipts, terminal } = stage.place;
    if (!receipts?.fallSilentAfterNextPaper) {
      throw new NotProvedError('needs the printer on a serial line (missing: socat)');
    }
    const guest = await stage.guest('kazami-taro');
    const before = await stage.papers();
    const since = stage.mark();
    stage.step('紙が出た瞬間に、ゲートを止めます', 'The gate is killed as the paper comes out');
    receipts.fallSilentAfterNextPaper();
    try {
      await stage.place.hold(guest);
      await stage.until('the paper', async () => (await stage.papers()) > before);
      await terminal.kill();
      await stage.place.hands.remove();
    } finally {
      receipts.speakAgain();
    }
    stage.prove(
      stage.lines(since, 'print.done').length === 0,
      { ja: '紙は出て、「出た」の記録はない', en: 'the paper is out and no record says so' },
      stage.lines(since, 'print.done'),
    );
    const unknown = await stage.line('print.unknown', since, 'a paper of unknown outcome');
    await stage.servesAgain(since);
    stage.prove(
      (await stage.papers()) === before + 1,
      {
        ja: '動き直しても、勝手に刷り直さない',
        en: 'nothing is reprinted blindly after the restart',
      },
      (await stage.papers()) - before,
    );
    stage.step('係員が「紙は出ていた」と答えます', 'Staff says that the paper came out');
    const paper = String(unknown['paper']);
    const said = ['--printed', 'yes', '--by', 'street', '--why', 'it lies in the tray'];
    await terminal.staff('settle', paper, ...said);
    const last = await stage.decision(guest);
    stage.prove(
      last === 'already-entered' && (await stage.papers()) === before + 1,
      { ja: '係員に聞いて決着。入場1回、紙1枚', en: 'staff was asked: one entry, one paper' },
      { last, papers: (await stage.papers()) - before },
    );
  },
};
