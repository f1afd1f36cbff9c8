/*
 * generate -- Bronze files of made-up events.
 *
 * Files are written one per interval. File k is written some seconds after START + k * interval, as a
 * scheduler would, and holds the events since the file before it: so hours and days change in the middle of a
 * file, and the events of a day's last minutes lie in the next day's folder. Timestamps rise strictly. The
 * bytes depend on the options alone, and those of file k not on how many files follow. Errors: cause
 * recorded.
 */
#ifndef EV_GENERATE_H
#define EV_GENERATE_H

#include "generate/mishap.h"

enum generate_model { GENERATE_SHOP, GENERATE_UNIFORM };

/* zlib's. A uniform event takes 20.7 bytes at level 5, 23.1 at level 3 in two thirds of the time, 19.7 at 6.
 */
enum { GENERATE_LEVEL = 5 };

struct generate_options {
	uint64_t seed;
	uint64_t events_min, events_max; /* of each file; max at most a million a minute */
	int64_t start_us;
	int64_t interval_us;
	enum generate_model model;
	uint64_t users, products;
	bool uuids;
	unsigned mishap_percent; /* lines that are bad or odd */
};

struct generate;

/* What a file came out as. lines = the sum of by. */
struct generate_made {
	const char *path; /* within the lake; borrowed until the next call */
	uint64_t lines;
	uint64_t by[MISHAP_VERDICTS];
};

struct generate *generate_new(const struct generate_options *options) MUST_CHECK;
void generate_free(struct generate *g);
/* Makes the next file under lake/bronze. STATUS_REFUSED when there is one of that name. */
int generate_file(struct generate *g, const char *lake, struct generate_made *made) MUST_CHECK;

#endif
