#include "sim/values/npy_header.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are read as the files hold them");

const char *const npim_npy_type_names[] = {"int8",  "uint8",   "int16",   "uint16",  "int32",
                                           "int64", "float16", "float32", "float64", NULL};

size_t npim_npy_size(npim_npy_type type) {
    static const size_t sizes[NPIM_NPY_TYPES] = {1, 1, 2, 2, 4, 8, 2, 4, 8};
    return sizes[type];
}

const char *npim_npy_shape_text(uint32_t rank, const size_t *shape, char text[NPIM_NPY_SHAPE_SIZE]) {
    size_t n = (size_t)snprintf(text, NPIM_NPY_SHAPE_SIZE, "(");
    for (uint32_t i = 0; i < rank; i++) {
        const char *behind = rank == 1 ? "," : i + 1 < rank ? ", " : "";
        n += (size_t)snprintf(text + n, NPIM_NPY_SHAPE_SIZE - n, "%zu%s", shape[i], behind);
    }
    snprintf(text + n, NPIM_NPY_SHAPE_SIZE - n, ")");
    return text;
}

/* Sign, 5 bits of exponent, 10 of fraction. */
static double half(uint16_t bits) {
    int exponent = bits >> 10 & 31, fraction = bits & 1023;
    double value = exponent == 0    ? ldexp(fraction, -24)
                   : exponent == 31 ? (fraction ? (double)NAN : HUGE_VAL)
                                    : ldexp(1024 + fraction, exponent - 25);
    return bits >> 15 ? -value : value;
}

double npim_npy_at(const npim_npy *array, size_t i) {
    const void *data = array->data;
    switch (array->type) {
    case NPIM_NPY_I8:
        return ((const int8_t *)data)[i];
    case NPIM_NPY_U8:
        return ((const uint8_t *)data)[i];
    case NPIM_NPY_I16:
        return ((const int16_t *)data)[i];
    case NPIM_NPY_U16:
        return ((const uint16_t *)data)[i];
    case NPIM_NPY_I32:
        return ((const int32_t *)data)[i];
    case NPIM_NPY_I64:
        return (double)((const int64_t *)data)[i];
    case NPIM_NPY_F16:
        return half(((const uint16_t *)data)[i]);
    case NPIM_NPY_F32:
        return (double)((const float *)data)[i];
    case NPIM_NPY_F64:
    case NPIM_NPY_TYPES:
        break;
    }
    return ((const double *)data)[i];
}

/* Room for the elements, once the file is known to hold exactly them. */
static npim_status make_room(npim_npy *array, const npim_npy_header *header, size_t size, const char *name,
                             npim_error *error) {
    size_t needed = header->n * npim_npy_size(header->type), present = size - header->data_at;
    if (present < needed)
        return npim_fail(error, NPIM_ECONFIG, "%s: cut short: %zu of %zu bytes of numbers", name, present,
                         needed);
    if (present > needed)
        return npim_fail(error, NPIM_ECONFIG, "%s: %zu bytes behind the last number", name, present - needed);
    *array = (npim_npy){.type = header->type, .rank = header->rank, .n = header->n};
    memcpy(array->shape, header->shape, sizeof array->shape);
    array->data = malloc(needed ? needed : 1);
    return array->data ? NPIM_OK : npim_fail(error, NPIM_ENOMEM, "no memory for %s", name);
}

npim_status npim_npy_parse(npim_npy *array, const void *bytes, size_t size, const char *name,
                           npim_error *error) {
    npim_npy_header header;
    size_t first = size < NPIM_NPY_HEADER_SIZE ? size : NPIM_NPY_HEADER_SIZE;
    npim_status status = npim_npy_header_parse(&header, bytes, first, name, error);
    if (status == NPIM_OK) status = make_room(array, &header, size, name, error);
    if (status == NPIM_OK) memcpy(array->data, (const char *)bytes + header.data_at, size - header.data_at);
    return status;
}

static npim_status read_file(npim_npy *array, FILE *in, size_t size, const char *path, npim_error *error) {
    unsigned char *first = malloc(NPIM_NPY_HEADER_SIZE);
    if (!first) return npim_fail(error, NPIM_ENOMEM, "no memory for %s", path);
    npim_npy_header header;
    size_t n = fread(first, 1, NPIM_NPY_HEADER_SIZE, in);
    npim_status status = npim_npy_header_parse(&header, first, n, path, error);
    if (status == NPIM_OK) status = make_room(array, &header, size, path, error);
    free(first);
    if (status != NPIM_OK) return status;
    size_t bytes = array->n * npim_npy_size(array->type);
    if (fseek(in, (long)header.data_at, SEEK_SET) == 0 && fread(array->data, 1, bytes, in) == bytes)
        return NPIM_OK;
    npim_npy_fini(array);
    return npim_fail(error, NPIM_ECONFIG, "%s: cannot be read", path);
}

npim_status npim_npy_read(npim_npy *array, const char *path, npim_error *error) {
    struct stat info;
    FILE *in = NULL;
    errno = 0;
    if (stat(path, &info) == 0) {
        if (!S_ISREG(info.st_mode)) return npim_fail(error, NPIM_ECONFIG, "%s: not a regular file", path);
        in = fopen(path, "rb");
    }
    if (!in) return npim_fail(error, NPIM_ECONFIG, "%s: cannot be read: %s", path, strerror(errno));
    npim_status status = read_file(array, in, (size_t)info.st_size, path, error);
    fclose(in);
    return status;
}

void npim_npy_fini(npim_npy *array) {
    free(array->data);
    *array = (npim_npy){0};
}
