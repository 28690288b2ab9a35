/** A shop with a certificate corner: the kiosk, what takes its money, where its sheets come out, and who works there. */

import type {
  PaperShown,
  PlaceShown,
  StreetPiece,
  StreetState,
} from '../../platform-sim/street/messages.ts';
import { Device, type DeviceForm, useJustOut } from './device.tsx';
import { Person } from './drawings.tsx';
import { inWords, text } from './language.ts';
import { ask } from './link.ts';

const FORM: DeviceForm = {
  ...{ left: 8, top: 40, width: 254, height: 414 },
  ...{ scale: 0.3, ring: 115, ringOfProblem: 115 },
};
/** What people have in their purse here: enough for every fee. */
const PURSE: readonly StreetPiece[] = [50, 100, 500];
/** A paper hangs out of its slot for so long before somebody takes it. */
const HANGS_MS = 12_000;
const AWNING = [0, 1, 2, 3, 4, 5, 6] as const;

export function Shop(props: { readonly place: PlaceShown; readonly state: StreetState }) {
  const { place, state } = props;
  return (
    <div class="shop">
      <Awning />
      <h2 class="sign">{inWords(place.name)}</h2>
      <p class="notice">
        {text.value.cardPin} <b>{place.cardPin}</b> {text.value.cardPassword}{' '}
        <b>{place.cardPassword}</b> {text.value.staff} <b>{place.staffPin}</b>
      </p>
      <Device place={place} state={state} form={FORM}>
        {null}
      </Device>
      <PaymentUnit place={place} />
      <SheetSlot
        sheets={state.papers.newest.filter((paper) => paper.place === place.id)}
        run={state.run}
      />
      <div class="attendant" aria-hidden="true">
        <Person />
      </div>
    </div>
  );
}

function Awning() {
  return (
    <svg class="awning" viewBox="0 0 420 62" aria-hidden="true">
      {AWNING.map((stripe) => (
        <path
          key={stripe}
          class={stripe % 2 === 0 ? 'blue' : 'white'}
          d={`M${stripe * 60} 0h60v44a30 16 0 0 1 -60 0z`}
        />
      ))}
    </svg>
  );
}

/** Coins, e-money, and a tray with what came back. */
function PaymentUnit({ place }: { readonly place: PlaceShown }) {
  const words = text.value;
  const { tray, waits } = place.payment ?? { tray: 0, waits: false };
  const at = place.id;
  return (
    <fieldset class={waits ? 'purse waits' : 'purse'} aria-label={words.parts.payment}>
      {PURSE.map((piece) => (
        <button key={piece} type="button" onClick={() => ask({ do: 'pay', piece, at })}>
          {words.yen(piece)}
        </button>
      ))}
      <button type="button" onClick={() => ask({ do: 'touch', at })}>
        {words.eMoney}
      </button>
      <button
        type="button"
        class="change"
        disabled={tray === 0}
        onClick={() => ask({ do: 'take-change', at })}
      >
        {words.change(tray)}
      </button>
    </fieldset>
  );
}

/** The newest paper hangs out of the slot for a while, and is taken. */
function SheetSlot(props: { readonly sheets: readonly PaperShown[]; readonly run: string }) {
  const [newest] = props.sheets;
  const out = useJustOut(newest?.number ?? 0, props.run, HANGS_MS);
  const hanging = props.sheets.find(({ number }) => number === out);
  return (
    <div class="sheet-slot" aria-hidden="true">
      <i />
      {hanging !== undefined && (
        <div class="hangs">
          <img key={hanging.svg} src={hanging.svg} alt="" draggable={false} />
        </div>
      )}
    </div>
  );
}
