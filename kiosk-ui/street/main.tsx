import '../look/look.css';
import './scene.css';
import './vending-machine.css';
import './shop.css';
import './town-hall.css';
import './living-room.css';
import './shelter.css';
import './pavement.css';
import './columns.css';
// Last: what changes with the size of the page.
import './street.css';
import { render } from 'preact';
import { connect } from './link.ts';
import { StreetPage } from './page.tsx';

render(<StreetPage />, document.body);
connect();
