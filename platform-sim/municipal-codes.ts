/** Codes of the municipalities that issue certificates at kiosks: each has a key of its own, which the root names. */

/** 鷹ノ沢町, 汐見市, かざす市, 風待村, 燈ヶ浜市. 北雪町 (990061) does not take part, and has none. */
export const ISSUERS = ['990011', '990029', '990037', '990045', '990053'] as const;
