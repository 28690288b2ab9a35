/** 店員の画面 */

import type { KioskStaffTexts } from './staff-words.ts';

export const staff: KioskStaffTexts = {
  menu: ({ count }) => (count === 0 ? '確認がいること' : `確認がいること ${count}件`),
  cases: { title: '確認がいること', none: '確認がいることは、ありません' },
  request: ({ request }) => `受付 ${request}`,
  kinds: {
    stop: {
      title: '発行を止めています',
      body: '届いた証明書が申し込みとちがったため、そこで止めました。センターに確かめてから再開してください。',
    },
    sheets: {
      title: '印刷が分かりません',
      body: '全部の紙が出たかどうか、プリンターに分かりません。出口と中の紙を数えてください。代金はお返しします。',
    },
    money: {
      title: '代金が分かりません',
      body: '受け取ったかどうか、精算機に分かりません。精算機の記録を確かめてください。',
    },
    receipt: {
      title: 'レシートの確認',
      body: 'ご本人に渡ったかどうかを答えてください。',
    },
  },
  sheets: ({ done, of }) => `${of}枚のうち ${done}枚`,
  papers: { owed: '渡していません', unknown: '出たかどうか不明' },
  differs: 'ちがっていたところ',
  differences: {
    request: '受付番号',
    terminal: '端末',
    subject: '申請者',
    municipality: '市区町村',
    document: '証明書の種類',
    option: '載せる内容',
    copies: '通数',
    fee: '手数料',
    pages: '枚数',
    sha256: '証明書のデータ',
    code: '紙面の二次元コード',
    'code-request': '紙面の受付番号',
    'code-subject': '紙面の申請者',
    'code-municipality': '紙面の市区町村',
    'code-document': '紙面の証明書の種類',
    'code-page': '紙面のページ',
    'code-issued-at': '紙面の発行日時',
    manifest: '市区町村の署名',
    seal: '届いたデータの封',
    sheet: '印刷する前の紙面',
  },
  more: ({ count }) => `ほかに${count}件`,
  decisions: {
    clear: '確かめたので再開する',
    'all-printed': '全部出ていた',
    'not-all-printed': '出ていない紙がある',
    charged: '代金を受け取っている',
    'not-charged': '代金を受け取っていない',
    'handed-out': 'ご本人に渡っている',
    'not-handed-out': '渡っていない',
    reissue: '新しい番号で再発行する',
  },
  why: {
    title: '理由を選んでください',
    'checked-with-centre': 'センターに確かめた',
    counted: '紙を見て確かめた',
    'unit-checked': '精算機を確かめた',
    'person-said': 'ご本人に聞いた',
    'never-came': '出てこなかった',
    unreadable: '読めない',
    test: 'ためし',
    other: 'そのほか',
  },
  done: {
    cleared: {
      title: '再開を記録しました',
      body: 'この受付の停止を解きました。ほかに停止がなければ、まもなく使えます。',
    },
    'order-settled': {
      title: '印刷を記録しました',
      body: 'この申し込みは終わりです。まだ証明書がいる方には、もう一度の申し込みをご案内ください。',
    },
    'money-settled': {
      title: '代金を記録しました',
      body: '受け取っていて証明書が出ていないときは、窓口で返金してください。',
    },
    'receipt-settled': { title: 'レシートを記録しました', body: '答えのとおりに記録しました。' },
    reissued: { title: '再発行しました', body: 'レシートをご本人に渡してください。' },
    'reissue-waits': {
      title: '再発行できていません',
      body: '新しいレシートを、確認がいることに入れました。プリンターを確かめてください。',
    },
    'decided-already': {
      title: 'もう記録されています',
      body: 'ほかの係員が先に答えました。記録は変わっていません。',
    },
  },
};
