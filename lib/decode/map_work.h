/*
 * map_work -- the process that runs a map, and the memory that it shares with the one that reads: for map.c.
 *
 * The reader lays lines into the memory and sends a byte; the worker answers one after the other, and sends a
 * byte when all are answered or there is no more room. Each answer is whole before it counts: whatever
 * becomes of the worker, those that it has given stay, and the line it was at is known.
 */
#ifndef EV_MAP_WORK_H
#define EV_MAP_WORK_H

#include "base/text.h"
#include "decode/jq_words.h"
#include "decode/map.h"

#include <stdint.h>

enum {
	MAP_LINES = 1024,
	MAP_IN = MAP_LINE,
	MAP_ANSWER = 16 << 20,    /* bytes of all events of a line */
	MAP_OUT = 2 * MAP_ANSWER, /* so that there is room for one after any other */
	MAP_MESSAGE = 72,         /* bytes of a message: with what stands around it, a screen's width */
	MAP_NO_MEMORY = 9,        /* the worker's exit status */
};

/* What an answer is about. */
enum map_answer_kind {
	ANSWER_EVENTS,    /* n of them, each its length (u32) and its text */
	ANSWER_MALFORMED, /* n is the column */
	ANSWER_FAILED,    /* n bytes, which say why */
};

struct map_head {
	uint32_t kind;
	uint32_t n;
};

struct map_place {
	uint32_t at, len; /* in `in` */
};

struct map_shared {
	uint32_t n;       /* lines to be answered */
	uint32_t done;    /* how many have been */
	uint32_t out_len; /* bytes of answers in `out` */
	uint32_t refused; /* the map cannot be compiled: `out` says why */
	struct map_place lines[MAP_LINES];
	uint8_t in[MAP_IN + DECODE_SLACK];
	uint8_t out[MAP_OUT + DECODE_SLACK];
};

struct map_program {
	const char *text, *folder;
	struct jq_words words;
	unsigned seconds; /* of processor time for a line */
	size_t memory;    /* bytes that it may take beyond what it begins with */
};

/* What the worker does: it never returns. to is the descriptor of the socket that bytes come and go on. */
_Noreturn void map_work(struct map_shared *shared, const struct map_program *program, int to);

#endif
