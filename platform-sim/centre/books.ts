/** What the centre keeps in its state folder, for the running centre and for commands beside it. */

import type { SqliteDatabase } from '../database.ts';
import { Applications } from './applications.ts';
import { Audit } from './audit.ts';
import { openCentreDatabase } from './database.ts';
import { CentreFaults } from './faults.ts';
import { Holders } from './holders.ts';
import { Issues } from './issues.ts';
import { Topologies } from './topologies.ts';

export class CentreBooks {
  readonly db: SqliteDatabase;
  readonly issues: Issues;
  readonly applications: Applications;
  readonly holders: Holders;
  readonly audit: Audit;
  readonly faults: CentreFaults;
  readonly topologies: Topologies;

  /** Opens or creates centre.db in `directory`. Throws InputError when it can't be used. */
  constructor(directory: string) {
    this.db = openCentreDatabase(directory);
    this.issues = new Issues(this.db);
    this.applications = new Applications(this.db);
    this.holders = new Holders(this.db);
    this.audit = new Audit(this.db);
    this.faults = new CentreFaults(this.db);
    this.topologies = new Topologies(this.db);
  }

  close(): void {
    this.db.close();
  }
}
