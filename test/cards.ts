/** Cards for stories: one authority, and residents whose certificates it issued. Keys are made once a test process. */

import type { KeyObject } from 'node:crypto';
import type { CardDefinition } from '../devices/card/sim-card.ts';
import {
  Authority,
  type IssueOptions,
  newCardKey,
  type SignIssueOptions,
} from '../platform-sim/authority.ts';

export interface TestCard {
  readonly card: CardDefinition;
  readonly der: Buffer;
  readonly serial: Buffer;
}

export class CardMaker {
  readonly authority: Authority;
  readonly #keys: KeyObject[] = [];
  #issued = 0;

  private constructor(authority: Authority) {
    this.authority = authority;
  }

  static async create(): Promise<CardMaker> {
    return new CardMaker(await Authority.create());
  }

  /** A My Number Card of this authority, or of another one. Two cards never share a certificate; keys may repeat. */
  async card(options: IssueOptions = {}, authority = this.authority): Promise<TestCard> {
    const issued = await authority.issueUserCertificate({
      privateKey: await this.#key(),
      ...options,
    });
    return {
      der: issued.der,
      serial: issued.serial,
      card: {
        kind: 'my-number',
        userCertificate: issued.der.toString('base64'),
        userCaCertificate: authority.caCertificate.toString('base64'),
        userPrivateKey: issued.privateKeyPem,
      },
    };
  }

  /** The same card with a signing certificate on it, by an authority for signatures, and the password `ABC123`. */
  async withSigning(
    { card }: Pick<TestCard, 'card'>,
    authority: Authority,
    options: SignIssueOptions = {},
  ): Promise<TestCard> {
    const issued = await authority.issueSignCertificate({
      privateKey: await this.#key(),
      ...options,
    });
    return {
      der: issued.der,
      serial: issued.serial,
      card: {
        ...card,
        signCertificate: issued.der.toString('base64'),
        signCaCertificate: authority.caCertificate.toString('base64'),
        signPrivateKey: issued.privateKeyPem,
      },
    };
  }

  /** Making an RSA key costs more than a whole story; four of them serve all cards. */
  async #key(): Promise<KeyObject> {
    const slot = this.#issued++ % 4;
    const key = this.#keys[slot] ?? (await newCardKey());
    this.#keys[slot] = key;
    return key;
  }
}
