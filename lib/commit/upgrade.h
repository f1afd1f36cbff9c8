/*
 * upgrade -- a lake's database brought to the format of this program.
 *
 * In place and in one transaction, so that whoever reads goes on reading, and stopped at any point the lake
 * is of the old format or of the new. What it was is kept beside it first, whole and durable, as
 * gold.db.FORMAT. Errors: STATUS_RETRY when another program is writing; STATUS_INPUT for a format that is
 * newer, or so old that no way leads from it to this one.
 */
#ifndef EV_UPGRADE_H
#define EV_UPGRADE_H

#include "lake/lake.h"

/* 1, and the format that it was; 0: it is as it should be, or there is none yet; -1. */
int upgrade_lake(const struct lake *lake, int *from) MUST_CHECK;

#endif
