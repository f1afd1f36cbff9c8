/*
 * zip_end -- whether a zip archive ends where its file ends, and begins where that begins (APPNOTE 6.3,
 * sections 4.3.14 to 4.3.16): libarchive looks for the list of members and takes what it finds, and so would
 * leave out the first of two archives in one file, and what has been cut off or added behind.
 */
#ifndef EV_ZIP_END_H
#define EV_ZIP_END_H

#include "source/input.h"

/* Of a plain file, which is then at its beginning again: 1, or 0 when there is no member in it, or -1 and
 * STATUS_INPUT or STATUS_SYSTEM. */
int zip_end_check(struct input *in) MUST_CHECK;

#endif
