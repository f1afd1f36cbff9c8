#include "cat.h"

#include "cat_bundle.h"
#include "cat_plan.h"
#include "silver/silver.h"
#include "source/folder.h"
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A map of the user's own, which is tried at once, or the lake's if it has one, when there are lines. */
static int open_map(struct cat *cat, const char *lake)
{
	char path[8192];

	if (lake != NULL)
		snprintf(path, sizeof path, "%s/schemas/map.jq", lake);
	if (lake != NULL && cat->map_path != NULL)
		return cause_record(
		    STATUS_USAGE, "-m is for looking around: all runs of a lake go by its own map, %s", path);
	if (cat->map_path == NULL && (lake == NULL || (access(path, F_OK) != 0 && errno == ENOENT)))
		return 0;
	cat->map = map_open(cat->map_path != NULL ? cat->map_path : path, cat->seconds);
	if (cat->map == NULL)
		return -1;
	return cat->map_path != NULL ? map_start(cat->map) : 0;
}

/* Starts a stream whose rows are what the schema at path says, and the map, if there is one, makes. */
static int cat_begin(struct cat *cat, const char *path, const char *lake)
{
	buffer_clear(&cat->schema_text);
	if (schema_read_text(path, &cat->schema_text) != 0)
		return -1;
	cat->schema = schema_compile((const char *)cat->schema_text.data, cat->schema_text.len, path);
	if (cat->schema == NULL || open_map(cat, lake) != 0 ||
	    ingest_open(&cat->ingest, cat->schema, &cat->out, cat->limit, cat->keep) != 0)
		return -1;
	cat->ingest.map = cat->map;
	cat->reading = true;
	return stream_begin(&cat->out, STREAM_EVENTS, &cat->ingest.columns, cat->command);
}

/* Where the schema is that holds for a lake, or, without one, anywhere. */
static int find_schema(const struct cat *cat, const char *lake, char *path, size_t size)
{
	const char *installed;

	if (cat->schema_path != NULL) {
		snprintf(path, size, "%s", cat->schema_path);
		return 0;
	}
	if (lake != NULL) {
		snprintf(path, size, "%s/schemas/event.json", lake);
		if (access(path, F_OK) == 0)
			return 0;
	}
	installed = tool_schemas();
	if (installed == NULL)
		return -1;
	snprintf(path, size, "%s/event.json", installed);
	return 0;
}

int cat_begin_for(struct cat *cat, const char *lake)
{
	char path[8192];

	return find_schema(cat, lake, path, sizeof path) != 0 ? -1 : cat_begin(cat, path, lake);
}

int cat_silver_columns(const struct cat *cat, const char *lake, struct columns *columns)
{
	char path[8192];

	return find_schema(cat, lake, path, sizeof path) != 0 ? -1 : silver_by_schema(path, columns);
}

static void close_events(struct cat *cat)
{
	if (cat->reading)
		ingest_close(&cat->ingest);
	cat->reading = false;
	map_close(cat->map);
	cat->map = NULL;
	schema_free(cat->schema);
	cat->schema = NULL;
	buffer_free(&cat->schema_text);
}

static int tell_rules(struct cat *cat, const char *name, struct text text)
{
	const struct control_rules rules = {text_of(name), text};
	struct buffer payload = {0};
	int result = control_encode_rules(&payload, &rules);

	if (result == 0)
		result = stream_write_control(&cat->out, FRAME_RULES, &payload);
	buffer_free(&payload);
	return result;
}

int cat_tell_rules(struct cat *cat)
{
	const struct text none = {"", 0};
	const struct text schema = {(const char *)cat->schema_text.data, cat->schema_text.len};

	if (tell_rules(cat, "event.json", schema) != 0)
		return -1;
	return tell_rules(cat, "map.jq", cat->map != NULL ? map_text(cat->map) : none);
}

void cat_close(struct cat *cat)
{
	close_events(cat);
	cat_table_close(&cat->table);
	columns_free(&cat->table.united);
}

int cat_end(struct cat *cat)
{
	if (!cat->reading)
		return cat_table_end(&cat->table, &cat->out);
	close_events(cat);
	return stream_end(&cat->out);
}

int cat_lines(struct cat *cat, struct input *input, const struct control_source *source)
{
	const int result = input == NULL       ? -1
			   : cat->take != NULL ? cat->take(cat->context, input, source->path)
					       : ingest_source(&cat->ingest, input, source);

	input_close(input);
	if (result <= 0)
		return result;
	tool_warn("%s; what came before it is kept", cause_message());
	cause_clear();
	return 0;
}

static int cat_streams(struct cat *cat, int fd, const char *name, const struct buffer *first);

/* Whether the first bytes are the magic; all there is may be the beginning of it, cut short. */
static bool begins(const struct buffer *first, const char *magic)
{
	const size_t len = strlen(magic);

	return first->len > 0 && memcmp(first->data, magic, first->len < len ? first->len : len) == 0;
}

static bool is_called_table(const char *name)
{
	static const char suffix[] = ".parquet";
	const size_t len = strlen(name);

	return len >= sizeof suffix && strcmp(name + len - (sizeof suffix - 1), suffix) == 0;
}

/* By its first bytes; and by its name too, so that a damaged one is not taken for a million bad lines. */
static bool is_table(const struct buffer *first, const char *name)
{
	return begins(first, "PAR1") || is_called_table(name);
}

/* A file that is still to come: what is wrong with it is told when its turn has come. */
static void expect(struct cat *cat, const char *name, const char *place)
{
	const int fd = open(place, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (cat_table_expect(&cat->table, fd, name) != 0)
		cause_clear();
	close(fd);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* Whatever is called as such files are, in the operands that are left. */
static void expect_ahead(struct cat *cat)
{
	FTS *tree = fts_open(cat->ahead, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
	FTSENT *entry;

	columns_free(&cat->table.united);
	cat->expected = true;
	while (tree != NULL && (entry = fts_read(tree)) != NULL) {
		if (entry->fts_level > 0 && folder_ignored_name(entry->fts_name) != NULL)
			fts_set(tree, entry, FTS_SKIP);
		else if (entry->fts_info == FTS_F && is_called_table(entry->fts_name))
			expect(cat, entry->fts_path, entry->fts_path);
	}
	if (tree != NULL)
		fts_close(tree);
}

static int cat_table(struct cat *cat, int fd, const char *name, const struct control_source *source)
{
	/* Lines that come later have a stream of their own. */
	if (cat->reading && cat_end(cat) != 0)
		return -1;
	if (!cat->expected)
		expect_ahead(cat);
	return cat_table_file(&cat->table, fd, source, name, &cat->out, cat->command);
}

/* Lines of a source, or an archive of such. */
static int cat_input(struct cat *cat, struct input *in, const struct control_source *source,
		     const char *member)
{
	if (in != NULL && magic_is_archive(input_content(in)))
		return cat_bundle_by_name(cat, in, source->path, member);
	if (in != NULL && member != NULL) {
		cause_record(STATUS_INPUT, "%s: it is no archive, and has no %s", input_name(in), member);
		input_close(in);
		return -1;
	}
	return cat_lines(cat, in, source);
}

/* What the first bytes of fd say it is: streams, a Parquet file, an archive, or lines of a source. member: of
 * an archive that it should be, or NULL. */
static int cat_fd(struct cat *cat, int fd, const char *name, const struct control_source *source,
		  const char *member)
{
	static const char family[] = "evlake stream ";
	struct buffer first = {0};
	int result = -1;

	if (input_peek(fd, name, sizeof family - 1, &first) != 0)
		goto free;
	if (cat->take != NULL && (begins(&first, family) || is_table(&first, name))) {
		cause_record(STATUS_INPUT, "%s: no lines, but what evcat has made of them", name);
	} else if (begins(&first, family)) {
		/* Streams follow one another: one of our own ends before another passes. */
		if (cat_end(cat) == 0)
			result = cat_streams(cat, fd, name, &first);
	} else if (first.len == 0 && fd == STDIN_FILENO) {
		/* What failed before it wrote a byte must not look like a quiet day; an empty file is one. */
		cause_record(STATUS_SYSTEM, "%s: nothing at all: an earlier stage failed or was killed",
			     name);
	} else if (cat->parts > 0) {
		cause_record(STATUS_USAGE, "%s: -s shares out a plan, and this is none", name);
	} else if (is_table(&first, name)) {
		result = cat_table(cat, fd, name, source);
	} else if (cat->take != NULL || cat->reading ||
		   (cat_end(cat) == 0 && cat_begin_for(cat, NULL) == 0)) {
		result = cat_input(cat, input_open_fd(fd, name, &first), source, member);
	}
free:
	buffer_free(&first);
	return result;
}

static uint64_t mtime_ns(const struct stat *st)
{
	return (uint64_t)st->st_mtim.tv_sec * 1000000000U + (uint64_t)st->st_mtim.tv_nsec;
}

/* The file at place, which is called path; or a member of it. */
static int cat_file_at(struct cat *cat, const char *path, const char *place, const char *member)
{
	const int fd = open(place, O_RDONLY | O_CLOEXEC);
	struct stat st;
	int result;

	if (fd < 0 || fstat(fd, &st) != 0) {
		cause_system("%s", path);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	const struct control_source source = {text_of(path), (uint64_t)st.st_size, mtime_ns(&st), SOURCE_NEW};

	result = cat_fd(cat, fd, path, &source, member);
	close(fd);
	return result;
}

static int cat_file(struct cat *cat, const char *path)
{
	return cat_file_at(cat, path, path, NULL);
}

static int cat_entry(struct cat *cat, FTS *tree, FTSENT *entry)
{
	if (entry->fts_level > 0 && folder_ignored_name(entry->fts_name) != NULL) {
		fts_set(tree, entry, FTS_SKIP);
		return 0;
	}
	switch (entry->fts_info) {
	case FTS_F: return cat_file(cat, entry->fts_path);
	case FTS_D:
	case FTS_DP:
	case FTS_SL:
	case FTS_SLNONE: return 0;
	case FTS_DEFAULT: return cat_file(cat, entry->fts_path);
	default: errno = entry->fts_errno; return cause_system("%s", entry->fts_path);
	}
}

/* All that come next, and no others. */
static int expect_files(struct cat *cat, const struct cat_files *files)
{
	if (cat->reading && cat_end(cat) != 0)
		return -1;
	columns_free(&cat->table.united);
	cat->expected = true;
	for (size_t i = 0; files->is_mixed && i < files->n; i++) {
		const struct cat_file *file = &files->items[i];

		expect(cat, file->name, file->place != NULL ? file->place : file->name);
	}
	return 0;
}

/* A folder of which a ledger says what is in it: 1, or 0 when there is none, or -1. */
static int cat_silver(struct cat *cat, char *folder)
{
	struct cat_files files = {0};
	size_t len = strlen(folder);
	int result;

	while (len > 1 && folder[len - 1] == '/')
		folder[--len] = '\0';
	if (cat_refuse_lake(folder) != 0)
		return -1;
	result = cat_silver_files(folder, &files);
	if (result > 0 && expect_files(cat, &files) != 0)
		result = -1;
	for (size_t i = 0; result > 0 && i < files.n; i++) {
		const struct cat_file *file = &files.items[i];

		if (cat_file_at(cat, file->name, file->place != NULL ? file->place : file->name, NULL) != 0)
			result = -1;
	}
	cat->expected = cat->expected && result == 0;
	cat_files_free(&files);
	return result;
}

/* A file, or everything in a folder, in name order; or ARCHIVE#MEMBER. */
static int cat_path(struct cat *cat, char *path)
{
	const size_t archive = bundle_in_path(AT_FDCWD, text_of(path));
	char *paths[2] = {path, NULL};
	struct stat st;
	FTSENT *entry;
	FTS *tree;
	int result = 0;

	if (archive > 0) {
		path[archive] = '\0';
		return cat_file_at(cat, path, path, path + archive + 1);
	}
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		result = cat_silver(cat, path);
		if (result != 0)
			return result < 0 ? -1 : 0;
	}
	tree = fts_open(paths, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
	if (tree == NULL)
		return cause_system("%s", path);
	while (result == 0 && (errno = 0, entry = fts_read(tree)) != NULL)
		result = cat_entry(cat, tree, entry);
	if (result == 0 && errno != 0)
		result = cause_system("%s", path);
	fts_close(tree);
	return result;
}

static int cat_stream_item(struct cat *cat, const struct stream *in, struct cat_plan *plan)
{
	if (in->kind == STREAM_PLAN)
		return cat_plan_item(plan, cat, in);
	if (cat->parts > 0)
		return cause_record(STATUS_USAGE, "%s: -s shares out a plan, and this is none",
				    in->frames.name);
	switch (in->type) {
	case FRAME_HEADER: return stream_begin(&cat->out, in->kind, &in->columns, cat->command);
	case FRAME_TRAILER: return stream_end(&cat->out);
	default: return stream_pass(&cat->out, in);
	}
}

/* Streams: a plan is carried out, any other is passed on, verified. first: what has been read of fd already.
 */
static int cat_streams(struct cat *cat, int fd, const char *name, const struct buffer *first)
{
	struct cat_plan plan = {0};
	struct stream in;
	int more = -1;

	if (stream_open(&in, fd, name) == 0 &&
	    buffer_append(&in.frames.buffer, first->data, first->len) == 0) {
		while ((more = stream_next(&in)) > 0) {
			if (cat_stream_item(cat, &in, &plan) != 0) {
				more = -1;
				break;
			}
		}
	}
	cat_plan_clear(&plan);
	stream_close(&in);
	return more;
}

int cat_operands(struct cat *cat, char **paths)
{
	static const struct control_source standard_input = {.path = {"-", 1}};
	static char dash_text[] = "-";
	static char *dash[] = {dash_text, NULL};

	for (paths = *paths == NULL ? dash : paths; *paths != NULL; paths++) {
		cat->ahead = paths;
		const int result = strcmp(*paths, "-") == 0
				       ? cat_fd(cat, STDIN_FILENO, "stdin", &standard_input, NULL)
				       : cat_path(cat, *paths);

		if (result != 0)
			return -1;
	}
	if (cat->take != NULL)
		return 0;
	/* Folders without a file are an empty stream, not none. */
	if (cat->out.n_frames == 0 && cat_begin_for(cat, NULL) != 0)
		return -1;
	return cat_end(cat);
}
