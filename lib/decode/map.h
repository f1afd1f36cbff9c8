/*
 * map -- lines of any shape to events, by a jq program: zero or more for each line (evcat(1), "Maps").
 *
 * libjq cannot be interrupted and ends its process when it has no more memory, so the program runs in a
 * process of its own, the worker. A line that it does not come to an end with, or that ends the worker, is
 * answered by why not, and a new worker goes on behind it. What is answered depends on the line and the map
 * alone, not on the lines around it. Errors: STATUS_USAGE for a map with errors, STATUS_SYSTEM.
 */
#ifndef EV_MAP_H
#define EV_MAP_H

#include "decode/decode.h"

/* Why a line is rejected that the map cannot do; the field is then what libjq says about it. */
#define MAP_REASON "map_failed"

enum {
	MAP_SECONDS = 5,
	MAP_SECONDS_MAX = 3600,
	MAP_LINE = 2 * LINE_LIMIT_MAX, /* bytes of a line, at most */
};

struct map;

/* Reads and checks the program at path. A line may take so many seconds of processor time. NULL: error. */
struct map *map_open(const char *path, unsigned seconds) MUST_CHECK;
void map_close(struct map *m);
/* The program. */
struct text map_text(const struct map *m);
/* Starts the worker, which compiles the map; otherwise the first line does. */
int map_start(struct map *m) MUST_CHECK;

/* What has become of a line. All is borrowed until the next line is added. */
struct map_answer {
	struct line line;
	struct decode_fault fault; /* its reason is NULL when there are events, none perhaps */
	uint32_t n;                /* events */
	const uint8_t *events;     /* for map_event */
};

/* Whether lines that were added should be taken before another of that many bytes is. */
bool map_is_full(const struct map *m, size_t len);
/* Copies the line, of MAP_LINE bytes at most, which is to be mapped unless it has a fault already; reason and
 * field must last. */
void map_add(struct map *m, const struct line *line, const struct decode_fault *fault);
/* The lines that were added, one after the other: 1, 0 when all have been given, -1. */
int map_next(struct map *m, struct map_answer *a) MUST_CHECK;
/* Whether events that have been given stay where they are when the next line is asked for. */
bool map_stays(const struct map *m);
/* The next of the answer's events, followed by DECODE_SLACK bytes that may be read; a->n is one less. */
struct text map_event(struct map_answer *a);

#endif
