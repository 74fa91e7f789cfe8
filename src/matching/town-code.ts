// A town as a filter: what one round tells is asked for by town.

import { z } from 'zod';
import { divisionCodePattern } from '../vocabulary/division-code.ts';

export const townCode = z.string().length(9).regex(divisionCodePattern).describe('Only of this town: 9 digits');
