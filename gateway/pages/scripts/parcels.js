/** The parcels of an order: where each is, and where it can be followed. */
import { element } from './dom.js';
import { parcelWords } from './words.js';

/** @param shipments null when it is not known @returns null when there is none */
export function parcelList(shipments) {
  if (shipments === null || shipments.length === 0) return null;
  return element('ul', { class: 'parcels', 'aria-label': 'Parcels' }, ...shipments.map(parcel));
}

function parcel({ carrierName, trackingNumber, trackingUrl, status }) {
  const label = trackingNumber === null ? carrierName : `${carrierName} ${trackingNumber}`;
  return element(
    'li',
    { class: 'quiet' },
    // Only a page of the web is ever linked to, whatever the data says.
    trackingUrl?.startsWith('https://') ? element('a', { href: trackingUrl, target: '_blank', rel: 'noreferrer' }, label) : label,
    status in parcelWords ? `: ${parcelWords[status]}` : null,
  );
}
