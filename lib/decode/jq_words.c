#include "decode/jq_words.h"

#include "base/buffer.h"
#include "base/fd.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	MODULE_BYTES = 1 << 20,
	NESTING = 256,      /* of brackets */
	MODULES_DEPTH = 16, /* of modules that import modules; more is taken for a circle */
};

static const char *const off[] = {
    "env",
    "input",
    "inputs",
    "_input",
    "debug",
    "stderr",
    "input_filename",
    "input_line_number",
    "halt",
    "halt_error",
    "now",
    "localtime",
    "strflocaltime",
    "modulemeta",
    "get_search_list",
    "get_prog_origin",
    "get_jq_origin",
};

enum kind {
	END,
	WORD,     /* a name that is looked up, or a keyword */
	VARIABLE, /* behind a dollar sign */
	STRING,   /* without the quotes */
	OTHER,    /* a byte of another kind; a number; a field */
};

struct word {
	enum kind kind;
	struct text text;
};

struct reader {
	const char *p;
	const char *start;
	const char *name; /* of the file */
	const char *folder;
	unsigned depth; /* of modules */
	size_t nesting;
	char brackets[NESTING]; /* that are open; '"' is a string, within one of its \( ) */
	char before;            /* the last byte that was no space: of a word 'a' */
};

static bool begins_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *skip_name(const char *p)
{
	while (begins_word(*p) || is_digit(*p))
		p++;
	return p;
}

/* With the namespaces before it. */
static const char *skip_path(const char *p)
{
	p = skip_name(p);
	while (p[0] == ':' && p[1] == ':' && begins_word(p[2]))
		p = skip_name(p + 2);
	return p;
}

static const char *skip_space(const char *p)
{
	for (;;) {
		while (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r')
			p++;
		if (*p != '#')
			return p;
		p += strcspn(p, "\n");
	}
}

static const char *skip_number(const char *p)
{
	const char *power;

	while (is_digit(*p) || *p == '.')
		p++;
	if ((*p | 0x20) != 'e')
		return p;
	power = p + 1 + (p[1] == '+' || p[1] == '-');
	if (!is_digit(*power))
		return p; /* a word */
	while (is_digit(*power))
		power++;
	return power;
}

static char top(const struct reader *r)
{
	return r->nesting > 0 ? r->brackets[r->nesting - 1] : '\0';
}

static int open_bracket(struct reader *r, char bracket)
{
	if (r->nesting == NESTING)
		return cause_record(STATUS_USAGE, "%s: brackets nested deeper than %d", r->name, NESTING);
	r->brackets[r->nesting++] = bracket;
	return 0;
}

/* The rest of a string, up to its end or to the next thing that it interpolates. */
static int read_string(struct reader *r, struct word *w)
{
	w->kind = STRING;
	w->text.data = r->p;
	while (*r->p != '\0' && *r->p != '"') {
		if (r->p[0] == '\\' && r->p[1] == '(') {
			w->text.len = (size_t)(r->p - w->text.data);
			r->p += 2;
			r->before = '(';
			return open_bracket(r, '"');
		}
		r->p += 1 + (r->p[0] == '\\' && r->p[1] != '\0');
	}
	w->text.len = (size_t)(r->p - w->text.data);
	r->p += *r->p == '"';
	r->before = '"';
	return 0;
}

static int read_other(struct reader *r, struct word *w)
{
	const char c = *r->p++;

	w->kind = OTHER;
	r->before = c;
	if (c == '(' || c == '[' || c == '{')
		return open_bracket(r, c);
	if ((c == ')' || c == ']' || c == '}') && r->nesting > 0) {
		r->nesting--;
		if (r->brackets[r->nesting] == '"')
			return read_string(r, w);
	}
	if (c == '.' && *r->p == '.')
		r->p++;
	else if (c == '.' && begins_word(*r->p))
		r->p = skip_name(r->p);
	else if (is_digit(c) || (c == '.' && is_digit(*r->p)))
		r->p = skip_number(r->p);
	return 0;
}

/* The next word. */
static int read_word(struct reader *r, struct word *w)
{
	r->p = skip_space(r->p);
	w->text = (struct text){r->p, 1};
	if (*r->p == '\0') {
		w->kind = END;
		return 0;
	}
	if (*r->p == '"') {
		r->p++;
		return read_string(r, w);
	}
	if (!begins_word(*r->p) && *r->p != '$')
		return read_other(r, w);
	w->kind = *r->p == '$' ? VARIABLE : WORD;
	r->p = skip_space(r->p + (*r->p == '$'));
	w->text.data = r->p;
	r->p = skip_path(r->p);
	w->text.len = (size_t)(r->p - w->text.data);
	return 0;
}

static bool is(const struct word *w, enum kind kind, const char *text)
{
	return w->kind == kind && text_equal(w->text, (struct text){text, strlen(text)});
}

static int refuse(const struct reader *r, const char *at, const char *what, const char *why)
{
	unsigned line = 1;

	for (const char *p = r->start; p < at; p++)
		line += *p == '\n';
	return cause_record(STATUS_USAGE, "%s:%u: %s: %s", r->name, line, what, why);
}

/* `{env: 1}` and `{env}` are about a key of that name. */
static bool is_key(const struct reader *r, char before)
{
	return top(r) == '{' && (before == '{' || before == ',');
}

static int check_word(const struct reader *r, const struct word *w, char before)
{
	static const char why[] = "off in a map, which sees nothing but its line";

	if (is(w, VARIABLE, "ENV"))
		return refuse(r, w->text.data, "$ENV", why);
	for (size_t i = 0; i < sizeof off / sizeof *off; i++)
		if (is(w, WORD, off[i]) && !is_key(r, before))
			return refuse(r, w->text.data, off[i], why);
	return 0;
}

/* --- what a program begins with --------------------------------------------------------------------------
 */

static int check_program(struct reader *r, struct jq_words *words);

/* A module, if it is there; which of the names it has is for libjq to say. */
static int check_module(const struct reader *from, const char *path)
{
	struct reader r = {.name = path, .folder = from->folder, .depth = from->depth + 1};
	struct buffer text = {0};
	struct jq_words words;
	int result = -1;

	if (access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG))
		return 0;
	if (r.depth > MODULES_DEPTH)
		return cause_record(STATUS_USAGE, "%s: modules that import each other", path);
	if (fd_read_text(path, MODULE_BYTES, &text) == 0) {
		r.start = r.p = (const char *)text.data;
		result = check_program(&r, &words);
	}
	buffer_free(&text);
	return result;
}

/* The places in which libjq looks for a module: NAME.jq, NAME/jq/main.jq, and NAME/NAME.jq. */
static int check_places(const struct reader *r, struct text module)
{
	const char *slash = memrchr(module.data, '/', module.len);
	const struct text base =
	    slash != NULL ? (struct text){slash + 1, (size_t)(module.data + module.len - slash - 1)} : module;
	const struct text behind[] = {{"", 0}, {"/jq/main", 8}, base};
	struct buffer path = {0};
	int result = 0;

	for (size_t i = 0; i < 3 && result == 0; i++) {
		buffer_clear(&path);
		result = buffer_printf(&path, "%s/%.*s%s%.*s.jq", r->folder, (int)module.len, module.data,
				       i == 2 ? "/" : "", (int)behind[i].len, behind[i].data);
		if (result == 0)
			result = buffer_text(&path) != NULL ? check_module(r, (const char *)path.data) : -1;
	}
	buffer_free(&path);
	return result;
}

static bool leads_out(struct text path)
{
	return memchr(path.data, '\\', path.len) != NULL || path.len == 0 || path.data[0] == '/' ||
	       memmem(path.data, path.len, "..", 2) != NULL;
}

/* One `import` or `include`, behind that word. */
static int read_import(struct reader *r, struct jq_words *words)
{
	struct word path, w;
	bool is_data = false;

	if (read_word(r, &path) != 0)
		return -1;
	if (path.kind != STRING)
		return 0;
	if (leads_out(path.text))
		return refuse(r, path.text.data, "a module",
			      "its name leads out of the folder that the map is in");
	do {
		if (read_word(r, &w) != 0)
			return -1;
		is_data |= w.kind == VARIABLE;
		if (is(&w, WORD, "search") || is(&w, STRING, "search"))
			return refuse(r, w.text.data, "search",
				      "off in a map, whose modules are in its own folder");
	} while (w.kind != END && !is(&w, OTHER, ";"));
	if (is_data)
		return 0;
	words->has_modules = true;
	return check_places(r, path.text);
}

/* `module {...};`, behind that word. */
static int read_module(struct reader *r, struct jq_words *words)
{
	struct word w, key = {.kind = END};

	do {
		if (read_word(r, &w) != 0)
			return -1;
		if ((w.kind == WORD || w.kind == STRING) && r->nesting == 1 && key.kind == END) {
			key = w;
		} else if (w.kind == STRING && text_equal(key.text, (struct text){"input", 5})) {
			words->is_text = is(&w, STRING, "text");
			if (!words->is_text && !is(&w, STRING, "json"))
				return refuse(r, w.text.data, "input", "it is \"json\" or \"text\"");
		}
		if (is(&w, OTHER, ",") && r->nesting == 1)
			key.kind = END;
	} while (w.kind != END && !is(&w, OTHER, ";"));
	return 0;
}

static int check_program(struct reader *r, struct jq_words *words)
{
	bool leads = true;
	struct word w;

	*words = (struct jq_words){0};
	do {
		char before;

		if (leads)
			words->directives = (size_t)(r->p - r->start);
		before = r->before;
		if (read_word(r, &w) != 0)
			return -1;
		if (w.kind == WORD || w.kind == VARIABLE)
			r->before = 'a';
		if (leads && is(&w, WORD, "module")) {
			if (read_module(r, words) != 0)
				return -1;
		} else if (leads && (is(&w, WORD, "import") || is(&w, WORD, "include"))) {
			if (read_import(r, words) != 0)
				return -1;
		} else {
			leads = false;
			if (check_word(r, &w, before) != 0)
				return -1;
		}
	} while (w.kind != END);
	return 0;
}

int jq_words_check(const char *program, const char *folder, const char *name, struct jq_words *words)
{
	struct reader r = {.p = program, .start = program, .name = name, .folder = folder};

	return check_program(&r, words);
}
