#include "generate/generate.h"

#include "base/fd.h"
#include "generate/shop.h"
#include "generate/uniform.h"
#include "source/deflate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK_BYTES = 64 << 10, DELAY_SECONDS_MAX = 12 };
/* Streams of random numbers: (file << 2) + one of these. */
enum { STREAM_FILE, STREAM_DELAY, STREAM_MISHAP };

struct generate {
	struct generate_options options;
	uint64_t seed; /* of options' seed and start: other times, other events */
	uint64_t file;
	struct catalog *catalog;
	struct shop *shop;
	struct event_style style;
	struct random random;
	struct buffer path;
	struct buffer full_path;
	struct buffer chunk;
};

struct generate *generate_new(const struct generate_options *options)
{
	struct generate *g = calloc(1, sizeof *g);

	if (g == NULL) {
		cause_memory();
		return NULL;
	}
	g->options = *options;
	g->seed = random_mix(options->seed) ^ (uint64_t)options->start_us;
	g->catalog = catalog_new(options->products);
	if (g->catalog == NULL)
		goto fail;
	/* Ids do not depend on the start: the same users come back. */
	event_style_init(&g->style, g->catalog, options->uuids, options->seed);
	if (options->model == GENERATE_SHOP) {
		/* Runs of other seeds and starts number their sessions elsewhere. */
		uint64_t first = (1 + random_mix(g->seed) % 8999) * 100000000;

		g->shop = shop_new(g->catalog, options->users, g->seed, first);
		if (g->shop == NULL)
			goto fail;
	}
	return g;
fail:
	generate_free(g);
	return NULL;
}

void generate_free(struct generate *g)
{
	if (g == NULL)
		return;
	shop_free(g->shop);
	catalog_free(g->catalog);
	buffer_free(&g->path);
	buffer_free(&g->full_path);
	buffer_free(&g->chunk);
	free(g);
}

/* When file k is written; k = -1 is when the first one's events begin. */
static int64_t file_time(const struct generate *g, int64_t k)
{
	int64_t tick = g->options.start_us + k * g->options.interval_us;
	struct random r;

	random_seed(&r, g->seed, (uint64_t)k << 2 | STREAM_DELAY);
	return tick + (k < 0 ? 0 : (int64_t)(1 + random_below(&r, DELAY_SECONDS_MAX)) * 1000000);
}

static int name_file(struct generate *g, const char *lake, int64_t time_us)
{
	time_t t = (time_t)(time_us / 1000000);
	char folders[64], name[64];
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(folders, sizeof folders, "year=%Y/month=%m/day=%d/hour=%H/minute=%M", &tm);
	strftime(name, sizeof name, "events-%Y%m%d-%H%M%S.jsonl.gz", &tm);
	buffer_clear(&g->path);
	buffer_clear(&g->full_path);
	if (buffer_printf(&g->path, "bronze/%s/%s", folders, name) != 0 ||
	    buffer_printf(&g->full_path, "%s/bronze/%s", lake, folders) != 0 ||
	    fd_make_folders(buffer_text(&g->full_path)) != 0)
		return -1;
	if (buffer_printf(&g->full_path, "/%s", name) != 0 || buffer_text(&g->path) == NULL)
		return -1;
	if (access(buffer_text(&g->full_path), F_OK) == 0)
		return cause_record(
		    STATUS_REFUSED,
		    "%s: exists already: Bronze is never edited; another -T makes other files",
		    (const char *)g->full_path.data);
	if (errno != ENOENT)
		return cause_system("%s", (const char *)g->full_path.data);
	return 0;
}

/* How many events a file has: the shop's go with the time of day, and a little up and down. */
static uint64_t count_events(struct generate *g, int64_t time_us)
{
	const struct generate_options *o = &g->options;
	uint64_t room = o->events_max - o->events_min;
	uint64_t n;

	if (o->model == GENERATE_UNIFORM)
		return o->events_min + random_below(&g->random, room + 1);
	n = room * shop_activity(time_us) / 100 + random_below(&g->random, room / 20 + 1);
	return o->events_min + (n < room ? n : room);
}

/* Times that rise strictly from begin, one for each of n events, the last before end; n <= end - begin. */
struct ticks {
	uint64_t room;
	uint64_t left;
	int64_t now;
};

static int64_t ticks_next(struct ticks *t, struct random *r)
{
	uint64_t mean = t->room / t->left;
	uint64_t most = t->room - (t->left - 1);
	uint64_t step = 1 + random_below(r, 2 * mean - 1);

	if (step > most)
		step = most;
	t->room -= step;
	t->left--;
	t->now += (int64_t)step;
	return t->now - 1;
}

static void next_event(struct generate *g, struct event *e)
{
	if (g->shop != NULL)
		shop_next(g->shop, e);
	else
		uniform_next(&g->random, g->options.users, g->options.products, e);
}

/* One line for e into the chunk, odd or as it should be. */
static int write_line(struct generate *g, struct mishap *mishap, bool may_be_odd, const struct event *e,
		      struct generate_made *made)
{
	enum mishap_verdict verdict = MISHAP_GOOD;

	if (buffer_reserve(&g->chunk, EVENT_LINE_MAX) != 0)
		return -1;
	if (may_be_odd && random_below(&mishap->random, 100) < g->options.mishap_percent) {
		if (mishap_line(mishap, &g->style, e, &g->chunk, &verdict) != 0)
			return -1;
	} else {
		g->chunk.len += event_line(&g->style, e, (char *)g->chunk.data + g->chunk.len);
	}
	made->lines++;
	made->by[verdict]++;
	return 0;
}

static int write_events(struct generate *g, struct ticks ticks, struct deflate *d, struct generate_made *made)
{
	bool odd = g->options.mishap_percent > 0;
	struct mishap mishap;
	struct event e;

	mishap_init(&mishap, g->seed, g->file << 2 | STREAM_MISHAP);
	buffer_clear(&g->chunk);
	if (odd && g->file % 2 == 0 && buffer_append_text(&g->chunk, "\xef\xbb\xbf") != 0)
		return -1;
	for (bool first = true; ticks.left > 0; first = false) {
		e.ts_us = ticks_next(&ticks, &g->random);
		next_event(g, &e);
		/* The first and last lines are plain: a blank last line would not be one. */
		if (write_line(g, &mishap, odd && !first && ticks.left > 0, &e, made) != 0)
			return -1;
		if (ticks.left > 0 && buffer_append(&g->chunk, "\n", 1) != 0)
			return -1;
		if (g->chunk.len < CHUNK_BYTES)
			continue;
		if (deflate_write(d, g->chunk.data, g->chunk.len) != 0)
			return -1;
		buffer_clear(&g->chunk);
	}
	return deflate_write(d, g->chunk.data, g->chunk.len);
}

int generate_file(struct generate *g, const char *lake, struct generate_made *made)
{
	int64_t begin = file_time(g, (int64_t)g->file - 1);
	int64_t end = file_time(g, (int64_t)g->file);
	char *temporary;
	uint64_t n;
	int fd;

	*made = (struct generate_made){0};
	random_seed(&g->random, g->seed, g->file << 2 | STREAM_FILE);
	n = count_events(g, end);
	if (g->shop != NULL && shop_pace(g->shop, n, (uint64_t)(end - begin) / 1000000) != 0)
		return -1;
	if (name_file(g, lake, end) != 0)
		return -1;
	made->path = (const char *)g->path.data;
	fd = fd_create_temporary((const char *)g->full_path.data, &temporary);
	if (fd < 0)
		return -1;
	struct deflate *d = deflate_open(fd, GENERATE_LEVEL, temporary);

	if (d == NULL)
		goto discard;
	if (write_events(g, (struct ticks){(uint64_t)(end - begin), n, begin}, d, made) != 0) {
		deflate_abandon(d);
		goto discard;
	}
	if (deflate_close(d) != 0)
		goto discard;
	g->file++;
	return fd_publish(fd, temporary, (const char *)g->full_path.data);
discard:
	fd_discard(fd, temporary);
	return -1;
}
