/** 日本語: what a kiosk says of a reason. */

import type { ReasonText } from '../reason-text.ts';
import type { KioskReasons } from './words.ts';

const UNHARMED = '問題ありません';
const NOT_BROKEN = '故障ではありません';

function because(title: string, why: string, next: string, card = UNHARMED): ReasonText {
  return { title, card, why, next: () => next };
}

export const KIOSK_REASONS: KioskReasons = {
  'outside-hours': because(
    'いまは受付時間の外です',
    'この証明書の受付時間ではありません',
    '受付時間に、もう一度お越しください',
  ),
  maintenance: because(
    'ただいま点検中です',
    '証明書を出す側の機械を点検しています',
    'あとで、もう一度お越しください',
  ),
  'year-end': because(
    '年末年始のお休みです',
    '年末年始は、証明書を発行していません',
    '休みが明けてから、お越しください',
  ),
  'municipality-not-taking-part': because(
    '取り扱いのない市区町村です',
    'この市区町村は、ここでは証明書を出していません',
    '市区町村の窓口におたずねください',
  ),
  'registration-missing': because(
    '利用登録がまだありません',
    '本籍地の市区町村への、利用登録がいります',
    'はじめの画面で「戸籍の利用登録をする」をお選びください',
  ),
  'registration-pending': because(
    '利用登録の審査中です',
    '本籍地の市区町村が、申請を確かめています',
    '登録が済んでから、お越しください',
  ),
  'registration-refused': because(
    '利用登録ができませんでした',
    '本籍地の市区町村が、申請を受け付けませんでした',
    '本籍地の市区町村の窓口におたずねください',
  ),
  'under-fifteen': because(
    'ここではお出しできません',
    '15歳になっていない方には、ここではお出しできません',
    '市区町村の窓口でお取りください',
  ),
  'moving-out': because(
    'ここではお出しできません',
    '転出の届け出がされています',
    '市区町村の窓口でお取りください',
  ),
  'counter-only': because(
    'ここではお出しできません',
    'この証明書は、窓口だけでお出ししています',
    '市区町村の窓口でお取りください',
  ),
  'holder-deceased': because(
    'ここではお出しできません',
    'このカードの記録は、窓口での確認がいります',
    '市区町村の窓口におたずねください',
  ),
  'filing-in-progress': because(
    '届け出の処理中です',
    '戸籍の届け出を、役所で処理しています',
    '処理が済んでから、お越しください',
  ),
  'card-too-new': because(
    'あしたから使えるカードです',
    'カードは、受け取った次の日から使えます',
    'あした、もう一度お越しください',
  ),
  'character-not-covered': because(
    'ここでは書けない文字です',
    '正しく印刷できない文字が、記録にあります',
    '市区町村の窓口でお取りください',
  ),
  'name-too-long': because(
    'ここでは印刷できません',
    'お名前などが長く、用紙の欄に入りません',
    '市区町村の窓口でお取りください',
  ),
  'not-recorded-there': because(
    '記録が見つかりません',
    'この市区町村に、このカードの方の記録がありません',
    '選んだ市区町村をお確かめください',
  ),
  'certificate-not-valid': because(
    '電子証明書が使えません',
    '電子証明書の期限が切れたか、失効しています',
    '市区町村の窓口で手続きをしてください',
    NOT_BROKEN,
  ),
  'already-registered': because(
    '利用登録は済んでいます',
    'この市区町村への登録は、もうあります',
    '「戸籍の証明書をとる」をお選びください',
  ),
  'application-refused': because(
    '申請を受け取れませんでした',
    '申請の内容か署名を、確かめられませんでした',
    'もう一度、はじめからお試しください',
  ),
  'centre-stopped': because(
    'ただいま使えません',
    '証明書のセンターが、発行を止めています',
    'あとで、もう一度お越しください',
  ),
  'centre-silent': because(
    '返事がありませんでした',
    '30秒待ちましたが、センターから返事がありません',
    '少し待って、もう一度お試しください',
  ),
  'document-differs': because(
    '発行を止めました',
    '届いた証明書が、お申し込みとちがいました',
    '店員をお呼びください',
  ),
  'document-unusable': because(
    '証明書を印刷できません',
    '届いた証明書のファイルを、使えませんでした',
    '店員をお呼びください',
  ),
  'kiosk-stopped': because(
    'ただいま使えません',
    '確かめることがあり、この機械を止めています',
    '店員をお呼びください',
  ),
  'payment-declined': because(
    '支払いができませんでした',
    '支払いの機械が、受け付けませんでした',
    '別の支払い方法をお試しください',
  ),
  'payment-lost': because(
    '支払いを確かめられません',
    '支払いの機械から、返事がありません',
    '店員をお呼びください',
  ),
  'payment-timeout': because(
    '支払いの時間が過ぎました',
    '時間内に、お支払いがありませんでした',
    'もう一度、はじめからお試しください',
  ),
  'page-printer-lost': because(
    'いまは印刷できません',
    'プリンターとの接続が切れています',
    '店員をお呼びください',
  ),
  'page-paper-out': because(
    '紙がなくなりました',
    'プリンターの用紙がありません',
    '店員をお呼びください',
  ),
  'page-jam': because(
    '紙がつまりました',
    'プリンターの中で、紙が止まっています',
    '店員をお呼びください',
  ),
  'printing-unknown': because(
    '印刷を確かめられません',
    '紙が出たかどうかが、分かりません',
    '店員をお呼びください',
  ),
  'order-cancelled': because(
    '取りやめました',
    'お申し込みは、取り消されました',
    'ご用件があれば、もう一度お選びください',
  ),
  'card-left-behind': because(
    'カードが残っています',
    '前の方のカードが、読み取り機にあります',
    'カードにさわらず、店員をお呼びください',
  ),
  'no-signing-certificate': because(
    '署名用の証明書がありません',
    'カードに、署名用電子証明書が入っていません',
    '市区町村の窓口で、入れる手続きをしてください',
  ),
  'password-blocked': because(
    'パスワードが使えません',
    'ちがうパスワードが続いたので、止まっています',
    '市区町村の窓口で、もどす手続きをしてください',
    NOT_BROKEN,
  ),
  'topology-differs': because(
    'ただいま使えません',
    'センターとこの機械の設定が、合っていません',
    '店員をお呼びください',
  ),
};
