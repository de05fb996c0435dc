/* SPDX-License-Identifier: Apache-2.0 */
#include "run_escape.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ESC  '\033'
#define BELL '\007'

/* Where in a sequence we are. */
enum {
    GROUND,
    UTF8,         /* in a character of several bytes */
    ESCAPED,      /* behind ESC */
    INTERMEDIATE, /* behind ESC and a byte that wants one more */
    CONTROL,      /* behind CSI */
    STRING,       /* an operating system command, a device control string: up to BEL or ST */
    STRING_ESC,   /* the ESC of ST */
};

static void add(struct escape *escape, char byte)
{
    if (escape->size == ESCAPE_SIZE) {
        escape->too_long = true;
        return;
    }
    escape->bytes[escape->size++] = byte;
    escape->bytes[escape->size] = '\0';
}

static void begin(struct escape *escape, unsigned char state)
{
    *escape = (struct escape){.state = state};
}

static enum escape_kind end(struct escape *escape, enum escape_kind kind)
{
    escape->state = GROUND;
    return escape->too_long ? ESCAPE_OTHER : kind;
}

/** What cannot be shown is shown as such (U+FFFD). */
static enum escape_kind not_text(struct escape *escape)
{
    strcpy(escape->bytes, "\xef\xbf\xbd");
    escape->size = 3;
    return end(escape, ESCAPE_TEXT);
}

/** How many bytes a character has that begins with @byte; 0: none does. */
static size_t utf8_length(unsigned char byte)
{
    return byte < 0x80   ? 1
           : byte < 0xc2 ? 0
           : byte < 0xe0 ? 2
           : byte < 0xf0 ? 3
           : byte < 0xf5 ? 4
                         : 0;
}

static enum escape_kind take_ground(struct escape *escape, char byte)
{
    size_t length = utf8_length((unsigned char)byte);

    begin(escape, GROUND);
    add(escape, byte);
    if (byte == ESC) {
        escape->state = ESCAPED;
    } else if (length > 1) {
        escape->state = UTF8;
    } else if (length == 0) {
        return not_text(escape);
    } else if (byte == BELL) {
        return ESCAPE_SCREEN;
    } else {
        return (unsigned char)byte >= ' ' && byte != 0x7f         ? ESCAPE_TEXT
               : byte != '\0' && strchr("\r\n\t\b", byte) != NULL ? ESCAPE_TEXT
                                                                  : ESCAPE_OTHER;
    }
    return ESCAPE_MORE;
}

static enum escape_kind take_utf8(struct escape *escape, char byte)
{
    if (((unsigned char)byte & 0xc0) != 0x80) {
        enum escape_kind kind = not_text(escape);

        if (byte >= ' ' && byte < 0x7f) {
            add(escape, byte);
        }
        return kind;
    }
    add(escape, byte);
    if (escape->size < utf8_length((unsigned char)escape->bytes[0])) {
        return ESCAPE_MORE;
    }
    /* U+0080 to U+009F are control characters, to some terminals the same as ESC and a letter. */
    return end(escape, escape->bytes[0] == '\xc2' && (unsigned char)byte < 0xa0 ? ESCAPE_OTHER
                                                                                : ESCAPE_TEXT);
}

static enum escape_kind take_escaped(struct escape *escape, char byte)
{
    add(escape, byte);
    if (byte == '[') {
        escape->state = CONTROL;
    } else if (strchr("]PX^_", byte) != NULL) {
        escape->state = STRING;
    } else if (byte >= ' ' && byte <= '/') {
        escape->state = INTERMEDIATE;
    } else { /* 7 and 8 save and restore the cursor; D, E and M are line feeds */
        return end(escape, strchr("78DEM", byte) != NULL ? ESCAPE_SCREEN : ESCAPE_OTHER);
    }
    return ESCAPE_MORE;
}

/** Set and reset mode: wrapping (7) and the cursor (25) are a program's business, all others stay
 * as they are. */
static bool mode_is_harmless(const char *sequence)
{
    size_t length = strlen(sequence) - 1;

    return (length == 4 && strncmp(sequence, "\033[?7", 4) == 0) ||
           (length == 5 && strncmp(sequence, "\033[?25", 5) == 0);
}

static enum escape_kind control_kind(const struct escape *escape, char final)
{
    const char *parameters = escape->bytes + 2;
    size_t plain = strspn(parameters, "0123456789;:");

    if (final == 'h' || final == 'l') {
        return mode_is_harmless(escape->bytes) ? ESCAPE_SCREEN : ESCAPE_OTHER;
    }
    if (parameters[plain] != final) {
        return ESCAPE_OTHER; /* a private one */
    }
    if (final == 'm') {
        return ESCAPE_COLOUR;
    }
    if (final == 'n') {
        return strcmp(parameters, "6n") == 0 ? ESCAPE_ASK : ESCAPE_OTHER;
    }
    return strchr("@ABCDEFGHJKLMPSTXdfsu", final) != NULL ? ESCAPE_SCREEN : ESCAPE_OTHER;
}

static enum escape_kind take_control(struct escape *escape, char byte)
{
    add(escape, byte);
    if (byte < '@' || byte > '~') {
        return ESCAPE_MORE;
    }
    return end(escape, control_kind(escape, byte));
}

static enum escape_kind take_string(struct escape *escape, char byte)
{
    if (byte == BELL || (escape->state == STRING_ESC && byte == '\\')) {
        return end(escape, ESCAPE_OTHER);
    }
    escape->state = byte == ESC ? STRING_ESC : STRING;
    return ESCAPE_MORE;
}

enum escape_kind escape_take(struct escape *escape, char byte)
{
    /* Whatever was begun, a new line or another sequence ends it. */
    if (byte == '\n' || byte == '\r' ||
        (byte == ESC && escape->state != STRING && escape->state != STRING_ESC)) {
        return take_ground(escape, byte);
    }
    switch (escape->state) {
    case UTF8:
        return take_utf8(escape, byte);
    case ESCAPED:
        return take_escaped(escape, byte);
    case INTERMEDIATE:
        add(escape, byte);
        return byte >= ' ' && byte <= '/' ? ESCAPE_MORE : end(escape, ESCAPE_OTHER);
    case CONTROL:
        return take_control(escape, byte);
    case STRING:
    case STRING_ESC:
        return take_string(escape, byte);
    default:
        return take_ground(escape, byte);
    }
}

unsigned escape_parameter(const struct escape *escape, unsigned index, unsigned otherwise)
{
    const char *at = escape->bytes + 2;

    for (; index > 0; index--) {
        at = strchr(at, ';');
        if (at == NULL) {
            return otherwise;
        }
        at++;
    }
    return *at >= '0' && *at <= '9' ? (unsigned)strtoul(at, NULL, 10) : otherwise;
}

/** The character's number, of a whole one. */
static uint32_t code_point(const char *text, size_t length)
{
    uint32_t code =
        length == 1 ? (unsigned char)text[0] : (unsigned char)text[0] & (0x7fU >> length);

    for (size_t i = 1; i < length; i++) {
        code = code << 6 | ((unsigned char)text[i] & 0x3f);
    }
    return code;
}

unsigned text_width(const char *text, size_t size, size_t *length)
{
    static const struct {
        uint32_t first;
        uint32_t last;
    } wide[] = {
        {0x1100, 0x115f},                                         /* Hangul */
        {0x2e80, 0xa4cf},                                         /* Chinese, Japanese */
        {0xac00, 0xd7a3},                                         /* Hangul */
        {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60}, /* full width */
        {0xffe0, 0xffe6},   {0x1f300, 0x1faff},                   /* pictures */
        {0x20000, 0x3fffd},
    };

    *length = utf8_length((unsigned char)text[0]);
    if (*length == 0 || *length > size) {
        *length = 1;
    }

    uint32_t code = code_point(text, *length);
    if (code < ' ' || (code >= 0x300 && code <= 0x36f)) {
        return 0; /* control characters, and accents for the character before */
    }
    for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++) {
        if (code >= wide[i].first && code <= wide[i].last) {
            return 2;
        }
    }
    return 1;
}
