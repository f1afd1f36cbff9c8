#include "cat_archives.h"

#include "stream/shard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int add(struct cat_archives *a, struct text path, struct cat_archived item, uint32_t *code)
{
	if (dictionary_code(&a->paths, path.data, path.len, code) != 0 ||
	    array_reserve(&a->items, &a->cap, *code + 1, sizeof *a->items) != 0)
		return -1;
	a->items[*code] = item;
	return 0;
}

static bool is_archive(const struct cat_archives *a, uint32_t code)
{
	return a->items[code].archive == code;
}

/* The archive that a member is in, which is wanted before it. */
static bool find_archive(const struct cat_archives *a, struct text path, uint32_t *code)
{
	for (size_t len = path.len; len-- > 0;)
		if (path.data[len] == BUNDLE_MARK && dictionary_find(&a->paths, path.data, len, code) &&
		    is_archive(a, *code))
			return true;
	return false;
}

int cat_archives_take(struct cat_archives *a, const struct control_want *want, size_t i)
{
	uint32_t code, archive;

	if (want->verdict == WANT_ARCHIVE) {
		if (add(a, want->path, (struct cat_archived){.want = i}, &code) != 0)
			return -1;
		a->items[code].archive = code;
	}
	if (want->verdict != WANT_TAKE || a->paths.strings.n == 0 || !find_archive(a, want->path, &archive))
		return 0;
	a->items[archive].bytes += want->size;
	return add(a, want->path, (struct cat_archived){.want = i, .archive = archive}, &code);
}

bool cat_archives_has_member(const struct cat_archives *a, struct text path)
{
	uint32_t code;

	return dictionary_find(&a->paths, path.data, path.len, &code) && !is_archive(a, code);
}

/* --- parts -----------------------------------------------------------------------------------------------
 */

/* Whether members can be passed over. What is wrong with the file is told when it is read. */
static int look(struct cat_archived *item, const char *lake, struct text within)
{
	char *path;
	struct input *in;

	if (asprintf(&path, "%s/%.*s", lake, (int)within.len, within.data) < 0)
		return cause_memory();
	in = input_open(path);
	free(path);
	if (in == NULL)
		return -1;
	item->apart = input_is_plain_file(in) && magic_is_archive(input_content(in));
	input_close(in);
	return 0;
}

/* A member is part of its archive, of which no more is read than there is. */
static void weigh(const struct cat_archives *a, uint64_t *sizes)
{
	for (uint32_t i = 0; i < a->paths.strings.n; i++) {
		const struct cat_archived *item = &a->items[i];

		if (!is_archive(a, i))
			sizes[item->want] = a->items[item->archive].apart ? sizes[item->want] : 0;
		else if (item->apart)
			sizes[item->want] = 0;
		else if (item->bytes < sizes[item->want])
			sizes[item->want] = item->bytes;
	}
}

int cat_archives_share(struct cat_archives *a, const char *lake, uint64_t *sizes, size_t n_sizes, uint32_t n,
		       uint32_t *parts)
{
	for (uint32_t i = 0; i < a->paths.strings.n; i++)
		if (is_archive(a, i) && look(&a->items[i], lake, strings_get(&a->paths.strings, i)) != 0)
			return -1;
	weigh(a, sizes);
	if (shard_assign(sizes, n_sizes, n, parts) != 0)
		return -1;
	for (uint32_t i = 0; i < a->paths.strings.n; i++) {
		const struct cat_archived *archive = &a->items[a->items[i].archive];

		if (!archive->apart)
			parts[a->items[i].want] = parts[archive->want];
	}
	return 0;
}

void cat_archives_begin(struct cat_archives *a, const uint32_t *parts, uint32_t part)
{
	for (uint32_t i = 0; i < a->paths.strings.n; i++) {
		struct cat_archived *item = &a->items[i];

		item->mine = parts[item->want] == part;
		if (item->mine && !is_archive(a, i))
			a->items[item->archive].n++;
	}
}

bool cat_archives_is_read(const struct cat_archives *a, struct text path)
{
	uint32_t code;

	return dictionary_find(&a->paths, path.data, path.len, &code) &&
	       (a->items[code].mine || a->items[code].n > 0);
}

/* --- reading ---------------------------------------------------------------------------------------------
 */

struct reading {
	const struct cat_archives *archives;
	struct text archive;
	struct buffer path;
	size_t n;
};

static int choose(void *context, const struct bundle_member *member, struct control_source *source)
{
	struct reading *r = context;
	uint32_t code;

	buffer_clear(&r->path);
	if (buffer_printf(&r->path, "%.*s%c%s", (int)r->archive.len, r->archive.data, BUNDLE_MARK,
			  member->name) != 0)
		return -1;
	if (!dictionary_find(&r->archives->paths, r->path.data, r->path.len, &code) ||
	    !r->archives->items[code].mine)
		return 0;
	*source = (struct control_source){
	    .path = {(const char *)r->path.data, r->path.len},
	    .size = member->size,
	    .mtime_ns = member->mtime_ns,
	    .purpose = SOURCE_NEW,
	};
	r->n++;
	return 1;
}

int cat_archives_read(const struct cat_archives *a, struct cat *cat, struct input *in, struct text path)
{
	struct reading r = {.archives = a, .archive = path};
	uint32_t code;
	int result = -1;

	if (in != NULL && !magic_is_archive(input_content(in))) {
		cause_record(STATUS_INPUT, "%s: it was an archive when it was listed", input_name(in));
		input_close(in);
	} else if (in != NULL) {
		result = cat_bundle(cat, in, choose, &r);
	}
	if (result == 0 &&
	    (!dictionary_find(&a->paths, path.data, path.len, &code) || a->items[code].n != r.n))
		result = cause_record(STATUS_INPUT, "%.*s: it does not hold what it held when it was listed",
				      (int)path.len, path.data);
	buffer_free(&r.path);
	return result;
}

void cat_archives_free(struct cat_archives *a)
{
	dictionary_free(&a->paths);
	free(a->items);
	*a = (struct cat_archives){0};
}
