#include "decode/grammar.h"

#include "base/utf8.h"

#include <stdlib.h>

/* All zeros but `field` is a key that the schema does not know. */
struct member {
	/* `"name":`, its first sixteen bytes; key_len is 0 when it cannot be written so. */
	uint64_t key[2], key_mask[2];
	size_t key_len;
	char *written;         /* all of it */
	struct member *next;   /* that followed this one in its object in the line before; never NULL */
	struct field *field;   /* for its value; NULL: an object that leads to others */
	struct member *first;  /* of those: which came first in the line before */
	struct member *object; /* the one it stands in; NULL for the line itself */
	uint64_t seen;         /* an object: the last line that had it */
	unsigned depth;        /* an object: of what is in it */
};

/* Whether the key at p is the member's, as it is mostly written. */
static inline bool is_key(const struct member *m, const char *p, const char *end)
{
	if ((((word_load(p) ^ m->key[0]) & m->key_mask[0]) |
	     ((word_load(p + 8) ^ m->key[1]) & m->key_mask[1])) != 0)
		return false;
	return p + m->key_len < end && m->key_len > 0 &&
	       (m->key_len <= 16 || memcmp(p, m->written, m->key_len) == 0);
}

/* Making it. */

/* The lowest n bytes of a word. */
static uint64_t mask(size_t n)
{
	return n >= 8 ? ~(uint64_t)0 : ((uint64_t)1 << 8 * n) - 1;
}

static int init_member(struct member *m, const struct shape_key *key, unsigned depth)
{
	char head[16] = {0};
	struct buffer written = {0};

	if (buffer_printf(&written, "\"%s\":", key->name) != 0 || buffer_text(&written) == NULL)
		return -1;
	m->written = (char *)written.data;
	m->depth = depth;
	for (const char *c = key->name; *c != '\0'; c++) {
		if (*c == '"' || *c == '\\' || (unsigned char)*c < 0x20)
			return 0;
	}
	m->key_len = written.len;
	memcpy(head, m->written, m->key_len < sizeof head ? m->key_len : sizeof head);
	m->key[0] = word_load(head);
	m->key[1] = word_load(head + 8);
	m->key_mask[0] = mask(m->key_len);
	m->key_mask[1] = mask(m->key_len < 8 ? 0 : m->key_len - 8);
	return 0;
}

static int init_members(struct grammar *g)
{
	const struct shape *const shape = g->shape;
	struct member *const members = calloc(shape->n + 1, sizeof *members);

	g->members = members;
	if (members == NULL)
		return cause_memory();
	for (size_t i = 0; i < shape->n; i++) {
		const struct shape_key *key = &shape->keys[i];
		struct member *m = &members[i], *object = &members[key->object];

		/* What the line's own object has is in no other. */
		if (init_member(m, key, i > 0 ? key->depth + 1 : 0) != 0)
			return -1;
		m->field = key->field >= 0 ? &g->fields[key->field] : NULL;
		if (i == 0)
			continue;
		/* Until a line has shown what follows what, any of the same object will do. */
		m->object = object;
		m->next = object->first != NULL ? object->first : m;
		object->first = m;
	}
	members[shape->n].field = &g->fields[g->n];
	return 0;
}

int grammar_open(struct grammar *g, const struct shape *shape, struct field *fields, size_t n)
{
	*g = (struct grammar){.shape = shape, .fields = fields, .n = n, .form.first = fields};
	for (size_t i = 0; i < n; i++)
		fields[i].next = &fields[i + 1 < n ? i + 1 : 0];
	return init_members(g);
}

void grammar_close(struct grammar *g)
{
	for (size_t i = 0; g->members != NULL && i < g->shape->n; i++)
		free(g->members[i].written);
	free(g->members);
	free(g->unknown);
	buffer_free(&g->scratch);
	*g = (struct grammar){0};
}

/* Reading a line. */

/* The member of that name in an object, or the one for keys that the schema does not know. NULL: memory. */
static struct member *find_member(struct grammar *g, const struct member *object,
				  const struct json_token *key)
{
	const struct shape *const shape = g->shape;
	const size_t around = (size_t)(object - g->members), mark = g->scratch.len;
	struct json_token name = *key;
	size_t i = shape->n;

	if (!name.escaped || field_unescape(&name, &g->scratch)) {
		for (i = around + 1; i < shape->n; i++) {
			const struct shape_key *k = &shape->keys[i];

			if (k->len == name.len && k->object == around &&
			    memcmp(k->name, name.data, name.len) == 0)
				break;
		}
	}
	g->scratch.len = mark;
	if (i < shape->n)
		return &g->members[i];
	if (array_reserve(&g->unknown, &g->cap_unknown, g->n_unknown + 1, sizeof *g->unknown) != 0)
		return NULL;
	g->unknown[g->n_unknown++] = (struct grammar_unknown){*key, &shape->keys[around], 0};
	return &g->members[shape->n];
}

/* json_space where there is hardly any. */
static inline const char *skip_space(const char *p, const char *end)
{
	return (unsigned char)*p <= ' ' && p < end ? json_space(p, end) : p;
}

/* Whether the guesses lead from the first field through all others and back. */
static bool leads_round(const struct grammar *g)
{
	const size_t all = g->n + g->n_unknown;
	const struct field *f = g->form.first;
	size_t n = 0;

	do {
		f = f->next;
		n++;
	} while (f != g->form.first && n < all);
	return f == g->form.first && n == all;
}

/* All values that stand in an object get that token: none, or one that no field takes. */
static void set_within(struct grammar *g, const struct member *object, struct json_token token)
{
	const struct shape *const shape = g->shape;
	const size_t around = (size_t)(object - g->members);

	for (size_t i = around + 1; i < shape->n; i++) {
		if (shape->keys[i].field < 0 || !shape_is_within(shape, i, around))
			continue;
		g->fields[shape->keys[i].field].token = token;
		g->fields[shape->keys[i].field].is_good = false;
	}
}

/* How the reading of a line's members stands. */
struct reading {
	struct member *object; /* that is open */
	struct member **next;  /* the guess that came true, or did not */
	struct field **order;
	const char *gap; /* what stands before the next value begins here */
	size_t n_known;
	bool learned;
};

/*
 * The key at p, to the value's start: the member, or NULL with *p NULL for what is not JSON, or not NULL
 * (memory). A line's keys mostly come in the order of the line before, so the next is guessed.
 */
static inline struct member *read_key(struct grammar *g, struct reading *r, const char **p, const char *end,
				      const char **bad)
{
	struct member *m = *r->next;
	struct json_token key;

	if (is_key(m, *p, end)) {
		*p += m->key_len;
		*p = skip_space(*p + (**p == ' '), end);
		r->next = &m->next;
		return m;
	}
	*p = json_key(*p < end ? *p : end, end, &key, bad);
	if (*p == NULL)
		return NULL;
	m = find_member(g, r->object, &key);
	if (m != NULL && m != &g->members[g->shape->n]) {
		*r->next = m;
		r->next = &m->next;
	}
	return m;
}

/* The value at p, of a field. */
static inline const char *read_value(struct grammar *g, struct reading *r, struct field *f, const char *p,
				     const char *end, const char **bad)
{
	if (f < g->fields + g->n) {
		r->n_known++;
	} else {
		r->learned &= g->n_unknown <= GRAMMAR_UNKNOWN;
		f += (g->n_unknown - 1) % GRAMMAR_UNKNOWN;
	}
	*r->order = f;
	r->order = &f->next;
	r->learned &= field_glue_set(&f->glue, r->gap, p);
	return r->gap = field_read(f, p, end, r->object->depth, bad);
}

/*
 * The value at p, of a key that leads to others: opens it, or takes it whole if it is no object. Of an object
 * that is there twice the last counts, with nothing of the one before; and a null is none.
 */
static const char *read_object(struct grammar *g, struct reading *r, struct member *m, const char *p,
			       const char *end, const char **bad)
{
	struct json_token token = {0};

	if (m->seen == g->lines) {
		r->learned = false;
		set_within(g, m, token);
	}
	m->seen = g->lines;
	if (*p == '{') {
		r->object = m;
		r->next = &m->first;
		return json_space(p + 1, end);
	}
	r->learned = false;
	p = json_value_within(p, end, r->object->depth, &token, bad);
	if (p == NULL || token.kind == JSON_NULL)
		return p;
	if (token.kind == JSON_STRING)
		token.data--;
	token.kind = JSON_ARRAY;
	set_within(g, m, token);
	return p;
}

/*
 * Behind a value, at p: closes the objects that end here. Returns where the next key is, or where the line's
 * object has ended, with r->object NULL; or NULL. That there is a comma, and that a space follows it, is
 * looked for without a look at the end, which is then made good.
 */
static inline const char *read_end(struct reading *r, const char *p, const char *end, const char **bad)
{
	while (*p != ',') {
		p = json_space(p, end);
		if (p < end && *p == ',')
			break;
		*bad = p < end ? p : end;
		if (p >= end || *p != '}')
			return NULL;
		p++;
		r->next = &r->object->next;
		r->object = r->object->object;
		if (r->object == NULL)
			return p;
	}
	p++;
	return skip_space(p + (*p == ' '), end);
}

/*
 * All members of the object whose brace is before p, in the line, into the fields. Returns 1; 0 with *bad at
 * what is not JSON; -1 (memory).
 */
static int read_members(struct grammar *g, const char *line, const char *p, const char *end, const char **bad)
{
	struct reading r = {.object = g->members,
			    .next = &g->members->first,
			    .order = &g->form.first,
			    .gap = line,
			    .learned = true};

	p = json_space(p, end);
	if (*p == '}')
		p = read_end(&r, p, end, bad);
	while (p != NULL && r.object != NULL) {
		const struct member *const object = r.object;
		struct member *const m = read_key(g, &r, &p, end, bad);

		if (m == NULL)
			return p == NULL ? 0 : -1;
		*bad = end;
		if (p >= end)
			return 0;
		p = m->field != NULL ? read_value(g, &r, m->field, p, end, bad)
				     : read_object(g, &r, m, p, end, bad);
		/* In an object that has been opened, a key is next, or its end. */
		if (p != NULL && (r.object == object || *p == '}'))
			p = read_end(&r, p, end, bad);
	}
	if (p == NULL)
		return 0;
	*bad = json_space(p, end);
	if (*bad != end)
		return 0;
	if (r.n_known == g->n && g->n > 0) {
		*r.order = g->form.first;
		g->has_form = r.learned && field_glue_set(&g->form.tail, r.gap, end) && leads_round(g);
	}
	return 1;
}

/* The line without a look at its bytes: 1; 0 and *reason, *bad; -1. */
static int read_value_of_line(struct grammar *g, const char *line, const char *end, const char **reason,
			      const char **bad)
{
	const char *const start = json_space(line, end);
	struct json_token token;
	const char *p;

	if (start < end && *start == '{')
		return read_members(g, line, start + 1, end, bad);
	p = json_value(start, end, &token, bad);
	if (p == NULL)
		return 0;
	*bad = json_space(p, end);
	if (*bad == end) {
		*reason = "not_an_object";
		*bad = start;
	}
	return 0;
}

int grammar_read(struct grammar *g, const char *line, const char *end, const char **reason, const char **bad)
{
	const char *const wrong = line + utf8_check(line, (size_t)(end - line));
	int result;

	for (size_t i = 0; i < g->n; i++) {
		g->fields[i].token.kind = JSON_NONE;
		g->fields[i].is_good = false;
	}
	g->has_form = false;
	g->n_unknown = 0;
	g->lines++;
	*reason = "malformed_json";
	result = read_value_of_line(g, line, end, reason, bad);
	if (wrong == end || result < 0)
		return result;
	if (result == 1 || wrong < *bad || strcmp(*reason, "malformed_json") != 0)
		*bad = wrong;
	*reason = "malformed_json";
	return 0;
}
