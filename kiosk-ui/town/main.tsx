import '../look/look.css';
import 'uplot/dist/uPlot.min.css';
import './town.css';
import './people.css';
import './aside.css';
// Last: on paper much is otherwise.
import './print.css';
import { render } from 'preact';
import { enter } from './link.ts';
import { TownPage } from './page.tsx';

render(<TownPage />, document.body);
void enter();
