/*
 * order -- the order of many texts, byte by byte (text_order), or numbers: by radix, as far as eight bytes
 * tell them apart.
 */
#ifndef EV_ORDER_H
#define EV_ORDER_H

#include "column/dictionary.h"

/* The numbers of the texts in their order, those of equal ones in theirs; the caller frees them. NULL:
 * memory.
 */
uint32_t *order_strings(const struct strings *s) MUST_CHECK;

/* The same for n numbers. */
uint32_t *order_numbers(const uint64_t *numbers, uint32_t n) MUST_CHECK;

#endif
