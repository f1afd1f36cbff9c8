/*
 * sqlite -- SQLite's own header: for what this program is linked with, or, in an extension, for that of
 * whoever has loaded it.
 */
#ifndef EV_SQLITE_H
#define EV_SQLITE_H

#ifdef EV_EXTENSION
#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT3
#else
#include <sqlite3.h>
#endif

#endif
