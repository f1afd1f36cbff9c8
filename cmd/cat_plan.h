/*
 * cat_plan -- a plan carried out: what a run reads, as one or two streams.
 *
 * The files of Silver that are to be counted again come first, in a stream of their own: as the rows are
 * there already, all later stages but evgold pass them on. Then, always, a stream of events. What the plan
 * holds for later stages stands at the beginning of the first.
 */
#ifndef EV_CAT_PLAN_H
#define EV_CAT_PLAN_H

#include "cat_archives.h"
#include "cat_quarantine.h"

/* A plan, which is read to its verified end before any of its files is. {0} is empty. */
struct cat_plan {
	struct cat *cat;    /* while it is carried out */
	struct buffer lake; /* its path */
	struct buffer run;  /* the payload of the run frame */
	struct buffer held; /* payloads of frames for later stages */
	struct cat_held {
		uint32_t type;
		bool for_all; /* not for the first part alone */
		size_t at, len;
	} * frames;
	size_t n_frames, cap_frames;
	struct control_want *wants; /* to be read; their texts are in texts, two for each */
	size_t n, cap;
	struct strings texts;
	struct cat_archives archives;
	uint32_t *parts;           /* that read them */
	struct dictionary removed; /* sources whose rows go */
	struct cat_mends mends;    /* of wants, by their number */
	struct columns silver;     /* that its rows are to have */
	uint64_t hash;             /* in the trailer of the plan */
	uint64_t rest;             /* streams that come after the one at hand */
	bool told;                 /* the held frames have been passed on */
};

/* An item of a stream of kind plan. */
int cat_plan_item(struct cat_plan *p, struct cat *cat, const struct stream *in) MUST_CHECK;
void cat_plan_clear(struct cat_plan *p);

#endif
