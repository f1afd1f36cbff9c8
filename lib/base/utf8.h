/*
 * utf8 -- is it UTF-8 (RFC 3629, section 4), and how long is it?
 *
 * Surrogates, overlong forms and what lies beyond U+10FFFF are not UTF-8; U+0000 and noncharacters are.
 */
#ifndef EV_UTF8_H
#define EV_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* The index of the first byte that does not belong, or len when all is well. A sequence that is cut or goes
 * wrong does not belong from its first byte on. */
size_t utf8_check(const char *text, size_t len);
/* Code points. The text must be UTF-8. */
size_t utf8_count(const char *text, size_t len);
/* The longest start of the text that has at most max bytes and ends between code points. */
size_t utf8_cut(const char *text, size_t len, size_t max);
/* The length of the sequence at text, of which len bytes (1 or more) are there, and its code point; 0 for
 * bytes that are none. */
size_t utf8_get(const char *text, size_t len, uint32_t *code_point);
/* Writes the code point, which must be no surrogate and at most U+10FFFF; returns 1 to 4. */
size_t utf8_put(uint32_t code_point, char *out);

#endif
