#include "decode/clean.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int clean_begin_source(struct clean *c, struct text path)
{
	free(c->source);
	c->n = 0;
	c->source = strndup(path.data, path.len);
	return c->source != NULL ? 0 : cause_memory();
}

void clean_free(struct clean *c)
{
	free(c->source);
	free(c->counts);
	*c = (struct clean){.percent = c->percent};
}

static void copy_text(char *to, size_t size, struct text from)
{
	const size_t len = from.len < size ? from.len : size - 1;

	memcpy(to, from.data, len);
	to[len] = '\0';
}

/* How the line looks around the value that is wrong. */
static void copy_raw(char *to, const struct control_reject *r)
{
	size_t start = r->column > CLEAN_RAW / 2 ? r->column - CLEAN_RAW / 2 : 0;

	if (start > r->raw.len)
		start = r->raw.len;
	copy_text(to, CLEAN_RAW + 1, (struct text){r->raw.data + start, r->raw.len - start});
}

static struct clean_count *find(const struct clean *c, const struct clean_count *same)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->counts[i].reason, same->reason) == 0 &&
		    strcmp(c->counts[i].field, same->field) == 0)
			return &c->counts[i];
	return NULL;
}

int clean_count(struct clean *c, const struct control_reject *reject)
{
	struct clean_count new = {.count = 1, .line = reject->line, .column = reject->column}, *old;

	copy_text(new.reason, sizeof new.reason, reject->reason);
	copy_text(new.field, sizeof new.field, reject->field);
	old = find(c, &new);
	if (old == NULL && c->n >= CLEAN_REASONS) {
		copy_text(new.field, sizeof new.field, text_of("..."));
		old = find(c, &new);
	}
	if (old != NULL) {
		old->count++;
		return 0;
	}
	copy_raw(new.raw, reject);
	if (array_reserve(&c->counts, &c->cap, c->n + 1, sizeof *c->counts) != 0)
		return -1;
	c->counts[c->n++] = new;
	return 0;
}

const struct clean_count *clean_commonest(const struct clean *c)
{
	const struct clean_count *most = NULL;

	for (size_t i = 0; i < c->n; i++) {
		if (most == NULL || c->counts[i].count > most->count)
			most = &c->counts[i];
	}
	return most;
}

int clean_judge(const struct clean *c, const struct control_source_end *end)
{
	const struct clean_count *most = clean_commonest(c);
	const bool all = end->rejects > 0 && end->rows == 0;
	const bool many =
	    end->rejects >= CLEAN_LEAST && end->rejects * 100 > (end->lines - end->blank) * c->percent;

	if (most == NULL || c->percent >= 100 || !(all || many))
		return 0;
	return cause_record(STATUS_REFUSED,
			    "%s: %llu of %llu lines are bad, most by %s, first at %s:%llu:%llu near '%s'; "
			    "nothing is committed. Has the "
			    "producer changed? Mend the file, or the lake's schemas/event.json; to take it "
			    "without these lines, say -x 100",
			    c->source, (unsigned long long)end->rejects,
			    (unsigned long long)(end->lines - end->blank), most->reason, c->source,
			    (unsigned long long)most->line, (unsigned long long)most->column, most->raw);
}
