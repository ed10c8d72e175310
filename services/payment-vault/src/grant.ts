/** How long a seller may read where an order is shipped, and so how long the order keeps its copy of the address. */

/** After the parcel arrived: the time in which a seller hears of a wrong, damaged or returned parcel. */
export const daysAfterDelivery = 14;

/** After the capture, for an order of which nobody tells that it arrived. Card networks take most disputes for so long. */
export const daysAfterCapture = 90;
