#include "cat_plan.h"

#include "lake/lake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void cat_plan_clear(struct cat_plan *p)
{
	buffer_free(&p->lake);
	buffer_free(&p->run);
	buffer_free(&p->held);
	free(p->frames);
	strings_free(&p->texts);
	cat_archives_free(&p->archives);
	dictionary_free(&p->removed);
	columns_free(&p->silver);
	cat_mends_free(&p->mends);
	free(p->wants);
	free(p->parts);
	*p = (struct cat_plan){0};
}

/* --- reading it ------------------------------------------------------------------------------------------
 */

static int take_run(struct cat_plan *p, const struct stream *in)
{
	if (p->run.len > 0)
		return cause_record(STATUS_INPUT, "%s: more than one run in a plan", in->frames.name);
	if (buffer_append(&p->lake, in->run.lake.data, in->run.lake.len) != 0 ||
	    buffer_text(&p->lake) == NULL)
		return -1;
	return buffer_append(&p->run, in->frame.payload, in->frame.len);
}

/* Something for later stages to know, which the first part tells them. */
static int hold(struct cat_plan *p, const struct stream *in, bool for_all)
{
	const struct cat_held held = {in->type, for_all, p->held.len, in->frame.len};

	if (array_reserve(&p->frames, &p->cap_frames, p->n_frames + 1, sizeof *p->frames) != 0)
		return -1;
	p->frames[p->n_frames++] = held;
	return buffer_append(&p->held, in->frame.payload, in->frame.len);
}

static bool is_read(const struct control_want *want)
{
	return want->verdict == WANT_TAKE || want->verdict == WANT_RECOUNT || want->verdict == WANT_REWRITE ||
	       want->verdict == WANT_REPLAY || want->verdict == WANT_MEND || want->verdict == WANT_ARCHIVE;
}

static int take_want(struct cat_plan *p, const struct stream *in)
{
	const struct control_want *want = &in->want;
	uint32_t code;

	if (want->verdict == WANT_REMOVE &&
	    dictionary_code(&p->removed, want->path.data, want->path.len, &code) != 0)
		return -1;
	/* That an archive has been read is for the commit to know, too. */
	if ((!is_read(want) || want->verdict == WANT_ARCHIVE) &&
	    hold(p, in, want->verdict == WANT_TABLE) != 0)
		return -1;
	if (!is_read(want))
		return 0;
	if (!lake_is_within(want->path) || (want->same_as.len > 0 && !lake_is_within(want->same_as)))
		return cause_record(STATUS_INPUT, "a plan that wants %.*s, which is not within the lake",
				    (int)want->path.len, want->path.data);
	if (array_reserve(&p->wants, &p->cap, p->n + 1, sizeof *p->wants) != 0 ||
	    strings_add(&p->texts, want->path.data, want->path.len) != 0 ||
	    strings_add(&p->texts, want->same_as.data, want->same_as.len) != 0)
		return -1;
	p->wants[p->n++] = *want;
	return cat_archives_take(&p->archives, want, p->n - 1);
}

static int take_mended(struct cat_plan *p, const struct stream *in)
{
	if (p->n == 0 || p->wants[p->n - 1].verdict != WANT_MEND)
		return cause_record(STATUS_INPUT, "%s: a line that belongs to no file of quarantine",
				    in->frames.name);
	if (in->mended.raw.len > LINE_LIMIT_MAX ||
	    memchr(in->mended.raw.data, '\n', in->mended.raw.len) != NULL)
		return cause_record(STATUS_INPUT, "%s: a line that cannot be one", in->frames.name);
	return cat_mends_add(&p->mends, p->n - 1, &in->mended);
}

/* --- carrying it out -------------------------------------------------------------------------------------
 */

static int write_run(struct cat_plan *p, struct buffer *payload)
{
	const struct frame frame = {.payload = p->run.data, .len = (uint32_t)p->run.len};
	struct control_run run;

	if (control_decode_run(&frame, &run) != 0)
		return -1;
	run.rest = p->rest;
	if (control_encode_run(payload, &run) != 0)
		return -1;
	return stream_write_control(&p->cat->out, FRAME_RUN, payload);
}

static int write_shard(struct cat_plan *p, struct buffer *payload)
{
	const struct control_shard shard = {p->hash, p->cat->part, p->cat->parts};

	buffer_clear(payload);
	if (control_encode_shard(payload, &shard) != 0)
		return -1;
	return stream_write_control(&p->cat->out, FRAME_SHARD, payload);
}

static int write_held(struct cat_plan *p, struct buffer *payload)
{
	for (size_t i = 0; i < p->n_frames; i++) {
		const struct cat_held *held = &p->frames[i];

		if (p->cat->part > 1 && !held->for_all)
			continue;
		buffer_clear(payload);
		if (buffer_append(payload, p->held.data + held->at, held->len) != 0 ||
		    stream_write_control(&p->cat->out, held->type, payload) != 0)
			return -1;
	}
	return 0;
}

/* What each stream says behind its header. */
static int tell(struct cat_plan *p)
{
	struct buffer payload = {0};
	int result = write_run(p, &payload);

	if (result == 0 && p->cat->parts > 0)
		result = write_shard(p, &payload);
	if (result == 0 && !p->told)
		result = write_held(p, &payload);
	p->told = true;
	buffer_free(&payload);
	return result;
}

static int tell_of_silver(void *context)
{
	return tell(context);
}

/* Which part reads each of the wants. */
static int share(struct cat_plan *p, uint32_t *parts)
{
	uint64_t *sizes = calloc(p->n + 1, sizeof *sizes);
	int result;

	if (sizes == NULL)
		return cause_memory();
	for (size_t i = 0; i < p->n; i++)
		sizes[i] = p->wants[i].size;
	result =
	    cat_archives_share(&p->archives, (const char *)p->lake.data, sizes, p->n, p->cat->parts, parts);
	free(sizes);
	return result;
}

static uint64_t mtime_ns(const struct stat *st)
{
	return (uint64_t)st->st_mtim.tv_sec * 1000000000U + (uint64_t)st->st_mtim.tv_nsec;
}

/* What is wanted of a file of Bronze: lines, or members of an archive. */
static int cat_content(struct cat_plan *p, struct input *in, const struct control_want *want)
{
	const struct control_source source = {want->path, want->size, want->mtime_ns, SOURCE_NEW};

	return want->verdict == WANT_ARCHIVE ? cat_archives_read(&p->archives, p->cat, in, want->path)
					     : cat_lines(p->cat, in, &source);
}

/* A file of Bronze, which must still be what the plan saw when it has been read. */
static int cat_bronze(struct cat_plan *p, const char *path, const struct control_want *want)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	int result = -1;

	if (fd < 0)
		return cause_system("%s", path);
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	if (cat_content(p, input_open_fd(fd, path, NULL), want) != 0)
		goto close;
	if (fstat(fd, &st) != 0)
		cause_system("%s", path);
	else if ((uint64_t)st.st_size != want->size || mtime_ns(&st) != want->mtime_ns)
		cause_record(
		    STATUS_INPUT,
		    "%s: changed after it was listed: is it still being written? See -a of evmark(1)", path);
	else
		result = 0;
close:
	close(fd);
	return result;
}

/* A file of the lake; place is where it lies if a run was stopped before it was moved. */
static int open_file(const char *path, const char *place)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT && place != NULL)
		fd = open(place, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return cause_system("%s", path);
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return fd;
}

static bool is_silver(const struct control_want *want)
{
	static const char folder[] = "silver/";

	return want->verdict != WANT_TAKE && want->path.len > sizeof folder - 1 &&
	       memcmp(want->path.data, folder, sizeof folder - 1) == 0;
}

/* A file of Silver, into a stream of such. */
static int cat_silver(struct cat_plan *p, int fd, const char *path, const struct control_want *want,
		      struct control_reread *reread)
{
	const bool rewrite = want->verdict == WANT_REWRITE;
	const struct control_source source = {want->path, want->size, want->mtime_ns,
					      rewrite ? SOURCE_REWRITE : SOURCE_RECOUNT};
	struct cat *cat = p->cat;
	const uint64_t before = cat->out.n_rows;

	if (p->silver.n == 0 && cat_silver_columns(cat, (const char *)p->lake.data, &p->silver) != 0)
		return -1;
	cat->table.begun = tell_of_silver;
	cat->table.context = p;
	cat->table.as = &p->silver;
	cat->table.removed = rewrite ? &p->removed : NULL;
	cat->table.left_out = 0;
	if (cat_table_file(&cat->table, fd, &source, path, &cat->out, cat->command) != 0)
		return -1;
	reread->rows = cat->out.n_rows - before;
	reread->left_out = cat->table.left_out;
	return 0;
}

/* A file of Silver or quarantine, and the news that it has been read to its end. */
static int cat_again(struct cat_plan *p, const char *path, const char *place, size_t i,
		     const struct control_want *want)
{
	struct control_reread reread = {want->path, want->verdict, 0, 0};
	struct buffer payload = {0};
	const int fd = open_file(path, place);
	int result;

	if (fd < 0)
		return -1;
	result = is_silver(want) ? cat_silver(p, fd, path, want, &reread)
				 : cat_quarantine(p->cat, fd, path, &p->removed, &p->mends, i, &reread);
	close(fd);
	if (result == 0)
		result = control_encode_reread(&payload, &reread);
	if (result == 0)
		result = stream_write_control(&p->cat->out, FRAME_REREAD, &payload);
	buffer_free(&payload);
	return result;
}

static char *full_path(const struct cat_plan *p, struct text within)
{
	char *path;

	if (asprintf(&path, "%.*s/%.*s", (int)p->lake.len, (const char *)p->lake.data, (int)within.len,
		     within.data) >= 0)
		return path;
	cause_memory();
	return NULL;
}

static int cat_want(struct cat_plan *p, size_t i)
{
	struct control_want want = p->wants[i];
	char *path = NULL, *place = NULL;
	int result = -1;

	want.path = strings_get(&p->texts, (uint32_t)(2 * i));
	want.same_as = strings_get(&p->texts, (uint32_t)(2 * i + 1));
	path = full_path(p, want.path);
	if (path == NULL || (want.same_as.len > 0 && (place = full_path(p, want.same_as)) == NULL))
		goto out;
	result = want.verdict == WANT_TAKE || want.verdict == WANT_ARCHIVE
		     ? cat_bronze(p, path, &want)
		     : cat_again(p, path, place, i, &want);
out:
	free(path);
	free(place);
	return result;
}

/* Whether this part reads it; members are read with their archives. */
static bool is_mine(const struct cat_plan *p, size_t i, const struct control_want *want)
{
	if (want->verdict == WANT_ARCHIVE)
		return cat_archives_is_read(&p->archives, want->path);
	return p->parts[i] == p->cat->part && !cat_archives_has_member(&p->archives, want->path);
}

/* Those of this part, in one stream. */
static int cat_wants(struct cat_plan *p, bool silver)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct control_want want = {.verdict = p->wants[i].verdict,
						  .path = strings_get(&p->texts, (uint32_t)(2 * i))};

		if (is_silver(&want) == silver && is_mine(p, i, &want) && cat_want(p, i) != 0)
			return -1;
	}
	return cat_end(p->cat);
}

static int carry_out(struct cat_plan *p, const struct stream *in)
{
	if (p->run.len == 0)
		return cause_record(STATUS_INPUT, "%s: a plan without a run", in->frames.name);
	p->parts = calloc(p->n + 1, sizeof *p->parts);
	if (p->parts == NULL)
		return cause_memory();
	p->hash = in->trailer.hash;
	if (cat_end(p->cat) != 0 || (p->cat->parts > 0 && share(p, p->parts) != 0))
		return -1;
	cat_archives_begin(&p->archives, p->parts, p->cat->part);
	p->rest = 1;
	if (cat_wants(p, true) != 0)
		return -1;
	p->rest = 0;
	if (cat_begin_for(p->cat, (const char *)p->lake.data) != 0 || tell(p) != 0 ||
	    cat_tell_rules(p->cat) != 0)
		return -1;
	return cat_wants(p, false);
}

int cat_plan_item(struct cat_plan *p, struct cat *cat, const struct stream *in)
{
	int result;

	switch (in->type) {
	case FRAME_HEADER: return 0;
	case FRAME_RUN: return take_run(p, in);
	case FRAME_WANT: return take_want(p, in);
	case FRAME_MENDED: return take_mended(p, in);
	case FRAME_TRAILER:
		p->cat = cat;
		result = carry_out(p, in);
		cat->table.begun = NULL;
		cat->table.removed = NULL;
		cat->table.as = NULL;
		cat_plan_clear(p);
		return result;
	default: return hold(p, in, false);
	}
}
