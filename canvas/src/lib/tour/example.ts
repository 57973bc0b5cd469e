// The script that the tour begins with: small enough that its first take is there at once.

const TEXT = `Title: First Light
Author: the tour

EXT. HARBOUR - DAWN

Fog over still water. A small boat rocks at its rope.

MARA, in a yellow raincoat, steps down the ladder.

MARA
The light is early today.

She unties the rope and lets the boat drift.

INT. BOAT - DAWN

A thermos, a map, a photograph of a lighthouse.

MARA
Then we are late.
`;

export const exampleScript = (): File => new File([TEXT], 'first_light.fountain', { type: 'text/plain' });
