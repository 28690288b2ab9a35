/** USBメモリーの指示 */

import type { StickTexts } from './words.ts';

export const stick: StickTexts = {
  menu: 'USBメモリーの指示',
  title: 'USBの指示',
  shelter: ({ name, until }) =>
    `この端末を「${name}」の受付に切り替えます。期間は ${until} までです。`,
  end: 'この端末を、もとの使い方にもどします。',
  list: ({ list, version }) => `名簿「${list}」の第${version}版を入れます。`,
  accept: '受ける',
  leave: '受けない',
  refused: '使えません',
  unchanged: '何も変えていません。',
  listAlone: {
    title: '名簿だけ入りました',
    body: ({ list, version }) =>
      `名簿「${list}」は第${version}版になっています。指示は受けていません。端末の使い方は、もとのままです。`,
  },
  faults: {
    none: 'このUSBメモリーには、この端末あての指示がありません。',
    'not-a-file': 'このUSBメモリーの指示は、ふつうのファイルではありません。',
    'too-large': 'このUSBメモリーの指示は、大きすぎます。',
    unreadable: 'USBメモリーを読めません。抜けていないか確かめてください。',
    'bad-signature': '指示の署名が、この端末の知るセンターのものではありません。',
    'not-named': '指示に署名した鍵は、指示を出すことを認められていません。',
    'no-order': 'これは指示ではありません。',
    'other-terminal': 'この指示は、ほかの端末あてです。',
    'clock-unset': 'この端末の時計が合っていないので、指示の期限を確かめられません。',
    'signer-expired': '指示に署名した鍵の期限が切れています。',
    damaged: '指示が壊れています。',
    repeated: 'この指示は、もう受けています。',
    'disk-full': '端末に空きがありません。',
    'older-number': 'これより新しい指示を、この端末はもう受けています。',
    expired: '指示の期限が切れています。',
    'future-dated': '指示の日付が、この端末の時計より先です。',
    'unknown-command': 'この端末の知らない指示です。',
    busy: 'この端末は使われています。',
    'no-role': 'この端末は、もとの使い方のままです。終わらせる指示がありません。',
    'not-suited': 'この端末は、避難所の受付に切り替えられません。',
    'role-over': '指示された期間は、もう過ぎています。',
    'other-municipality': 'この指示は、端末に設定されたものとは別の市町村のものです。',
    'municipality-key': '市町村の証明書を使えません。',
    'list-older': 'これより新しい名簿が、もう入っています。',
    'list-other': 'この名簿は、この端末あてではありません。',
    'list-keys': '名簿の鍵を使えません。この端末のために用意し直したUSBメモリーがいります。',
    'list-expired': '名簿の期限が切れています。',
    'list-signature': '名簿の署名が、この端末の知るセンターのものではありません。',
    'list-incomplete':
      '名簿が全部そろっていないか、読めません。USBメモリーが抜けていないか確かめてください。',
    'list-damaged': '名簿が壊れています。',
    'list-busy': '同じ名簿を、いま回線から受けています。',
  },
  done: {
    'stick-list-taken': {
      title: '名簿を入れました',
      body: 'これからは、この名簿で確かめます。USBメモリーは抜いてかまいません。',
    },
    'stick-order-taken': {
      title: '指示を受けました',
      body: '係員メニューを閉じて、だれもいなくなりしだい、切り替わります。USBメモリーは抜いてかまいません。',
    },
  },
};
