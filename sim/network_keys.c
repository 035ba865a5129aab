#include "sim/network_parts.h"

#include <stdio.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))
#define AT(member) offsetof(npim_layer_keys, member)
#define EXTENT(key, member, min, preset, doc)                                                                \
    { key, NPIM_KIND_U32, AT(member), min, 65536.0, "pixels", false, preset, NULL, doc }
#define OUT(key, member, doc)                                                                                \
    { key, NPIM_KIND_U32, AT(member), 1.0, 1073741824.0, "", false, 1.0, NULL, doc }

/* Parameters of functions: what a float holds. */
#define MAX_REAL 3.4028234663852886e38
#define REAL(key, member, min, max, doc)                                                                     \
    { key, NPIM_KIND_DOUBLE, AT(member), min, max, "", false, 0.0, NULL, doc }

/* Far beyond any float, and products and quotients of three are still numbers. */
#define MIN_SCALE 1e-100
#define MAX_SCALE 1e100

static const npim_field layer_fields[] = {
    {"channels", NPIM_KIND_U32, AT(channels), 1.0, 65536.0, "channels", false, 1.0, NULL, "output channels"},
    {"hidden", NPIM_KIND_U32, AT(hidden), 1.0, 65536.0, "units", false, 1.0, NULL, "hidden units"},
    {"steps", NPIM_KIND_U32, AT(steps), 1.0, 65536.0, "steps", false, 1.0, NULL, "length of the sequence"},
    {"groups", NPIM_KIND_U32, AT(groups), 1.0, 65536.0, "groups", false, 1.0, NULL,
     "independent slices of the channels"},
    {"activation", NPIM_KIND_ENUM, AT(activation), 0.0, NPIM_ACTIVATION_CLIP, "", false, NPIM_ACTIVATION_NONE,
     npim_activation_names, "function applied to every output"},
    {"ceil_mode", NPIM_KIND_BOOL, AT(ceil_mode), 0.0, 1.0, "", false, 0.0, NULL,
     "round the number of pooling windows up"},
    {"count_include_pad", NPIM_KIND_BOOL, AT(count_include_pad), 0.0, 1.0, "", false, 0.0, NULL,
     "average over the border too"},
    EXTENT("kernel", kernel, 1.0, 1.0, "square window"),
    EXTENT("kernel[0]", kernel_at[0], 1.0, 1.0, "window height"),
    EXTENT("kernel[1]", kernel_at[1], 1.0, 1.0, "window width"),
    EXTENT("stride", stride, 1.0, 1.0, "step of the window"),
    EXTENT("stride[0]", stride_at[0], 1.0, 1.0, "step downwards"),
    EXTENT("stride[1]", stride_at[1], 1.0, 1.0, "step to the right"),
    EXTENT("dilation", dilation, 1.0, 1.0, "spacing of the window's pixels"),
    EXTENT("dilation[0]", dilation_at[0], 1.0, 1.0, "spacing downwards"),
    EXTENT("dilation[1]", dilation_at[1], 1.0, 1.0, "spacing to the right"),
    EXTENT("padding", padding, 0.0, 0.0, "border on every side"),
    EXTENT("padding[0]", padding_at[0], 0.0, 0.0, "border at the top"),
    EXTENT("padding[1]", padding_at[1], 0.0, 0.0, "border at the left"),
    EXTENT("padding[2]", padding_at[2], 0.0, 0.0, "border at the bottom"),
    EXTENT("padding[3]", padding_at[3], 0.0, 0.0, "border at the right"),
    OUT("out[0]", out[0], "channels of the output"),
    OUT("out[1]", out[1], "height of the output"),
    OUT("out[2]", out[2], "width of the output"),
    REAL("clip_min", clip_min, -MAX_REAL, MAX_REAL, "smallest output of a clip"),
    REAL("clip_max", clip_max, -MAX_REAL, MAX_REAL, "largest output of a clip"),
    REAL("alpha", alpha, -MAX_REAL, MAX_REAL, "slope below 0, or weight of the sum of squares"),
    REAL("beta", beta, 0.0, 1000.0, "exponent of a normalisation"),
    REAL("k", k, 1e-9, MAX_REAL, "constant of a normalisation"),
    {"size", NPIM_KIND_U32, AT(size), 1.0, 65536.0, "channels", false, 0.0, NULL,
     "channels of a sum of squares"},
    REAL("scale", scale, MIN_SCALE, MAX_SCALE, "real value of the output's code 1"),
    {"signed", NPIM_KIND_BOOL, AT(is_signed), 0.0, 1.0, "", false, 0.0, NULL,
     "codes are -127..127 instead of 0..255"},
};

#define IMAGE(member) offsetof(npim_image_keys, member)
static const npim_field image_fields[] = {
    {"channels", NPIM_KIND_U32, IMAGE(channels), 1.0, 65536.0, "channels", false, 1.0, NULL,
     "channels of the image"},
    {"height", NPIM_KIND_U32, IMAGE(height), 1.0, 65536.0, "pixels", false, 1.0, NULL, "height of the image"},
    {"width", NPIM_KIND_U32, IMAGE(width), 1.0, 65536.0, "pixels", false, 1.0, NULL, "width of the image"},
    {"scale", NPIM_KIND_DOUBLE, IMAGE(scale), MIN_SCALE, MAX_SCALE, "", false, 0.0, NULL,
     "real value of the image's code 1"},
    {"signed", NPIM_KIND_BOOL, IMAGE(is_signed), 0.0, 1.0, "", false, 0.0, NULL,
     "codes are -127..127 instead of 0..255"},
};

/* Keys whose presence depends on the kind; bit i of a rule's masks is option_keys[i]. */
enum {
    CHANNELS = 1 << 0,
    KERNEL = 1 << 1,
    STRIDE = 1 << 2,
    PADDING = 1 << 3,
    DILATION = 1 << 4,
    GROUPS = 1 << 5,
    ACTIVATION = 1 << 6,
    CEIL = 1 << 7,
    HIDDEN = 1 << 8,
    STEPS = 1 << 9,
    OUT = 1 << 10,
    COUNT_PAD = 1 << 11,
    CLIP_MIN = 1 << 12,
    CLIP_MAX = 1 << 13,
    ALPHA = 1 << 14,
    BETA = 1 << 15,
    K = 1 << 16,
    SIZE = 1 << 17,
    SCALE = 1 << 18,
    SIGNED = 1 << 19,
    TENSORS = 1 << 20,
    FILES = 1 << 21,
    NUMBERS = TENSORS | FILES
};
static const char *const option_keys[] = {
    "channels",   "kernel",    "stride",  "padding", "dilation", "groups",
    "activation", "ceil_mode", "hidden",  "steps",   "out",      "count_include_pad",
    "clip_min",   "clip_max",  "alpha",   "beta",    "k",        "size",
    "scale",      "signed",    "tensors", "files"};

/* Pools must give their stride: tools disagree about its default (1 or the kernel). Every kind may have out,
 * scale and signed. */
typedef struct key_rule {
    unsigned required, optional;
} key_rule;
static const key_rule rules[] = {
    [NPIM_LAYER_INPUT] = {OUT, 0},
    [NPIM_LAYER_CONV] = {CHANNELS | KERNEL, STRIDE | PADDING | DILATION | GROUPS | ACTIVATION | NUMBERS},
    [NPIM_LAYER_FC] = {CHANNELS, ACTIVATION | NUMBERS},
    [NPIM_LAYER_LSTM] = {HIDDEN | STEPS, NUMBERS},
    [NPIM_LAYER_MAXPOOL] = {KERNEL | STRIDE, PADDING | CEIL},
    [NPIM_LAYER_AVGPOOL] = {KERNEL | STRIDE, PADDING | CEIL | COUNT_PAD},
    [NPIM_LAYER_ADD] = {0, ACTIVATION},
    [NPIM_LAYER_ACTIVATION] = {ACTIVATION, 0},
    [NPIM_LAYER_SUB] = {0, ACTIVATION},
    [NPIM_LAYER_MUL] = {0, ACTIVATION},
    [NPIM_LAYER_SCALE] = {0, NUMBERS},
    [NPIM_LAYER_LRN] = {SIZE | ALPHA | BETA | K, 0},
    [NPIM_LAYER_GATHER] = {OUT, NUMBERS},
};
static const unsigned of_every_kind = OUT | SCALE | SIGNED;

/* Keys that an activation needs and no other may have. */
static const unsigned activation_keys[] = {
    [NPIM_ACTIVATION_LEAKY_RELU] = ALPHA, [NPIM_ACTIVATION_CLIP] = CLIP_MIN | CLIP_MAX};

npim_status npim_keys_bind_image(npim_loader *l) {
    return npim_doc_bind(&l->doc, "network.input", image_fields, COUNT(image_fields), &l->image, l->file,
                         l->error);
}

npim_status npim_keys_bind(npim_loader *l, npim_draft *d) {
    return npim_doc_bind(&l->doc, d->prefix, layer_fields, COUNT(layer_fields), &d->keys, d->prefix,
                         l->error);
}

npim_status npim_keys_reject_unknown(const npim_loader *l) {
    static const char *const head[] = {"name",
                                       "doc",
                                       "include",
                                       "network.input.channels",
                                       "network.input.height",
                                       "network.input.width",
                                       "network.input.scale",
                                       "network.input.signed"};
    static const char *const keys[] = {"name", "kind", "inputs"};
    char paths[COUNT(keys) + COUNT(option_keys)][NPIM_LAYER_NAME_SIZE];
    const char *known[COUNT(paths)];
    size_t i = 0;
    while (i < l->doc.n_entries && l->doc.entries[i].used) i++;
    if (i == l->doc.n_entries) return NPIM_OK;
    const char *path = l->doc.entries[i].path, *dot = strchr(path, '.');
    if (strncmp(path, "layer[", 6) != 0 || !dot)
        return npim_doc_reject_unused(&l->doc, head, COUNT(head), l->error);
    for (size_t k = 0; k < COUNT(paths); k++) {
        const char *key = k < COUNT(keys) ? keys[k] : option_keys[k - COUNT(keys)];
        snprintf(paths[k], sizeof paths[k], "%.*s.%s", (int)(dot - path), path, key);
        known[k] = paths[k];
    }
    return npim_doc_reject_unused(&l->doc, known, COUNT(known), l->error);
}

/* Key i is missing, or must not be there; what it depends on is the activation for some, the kind for all
 * others. */
static npim_status wrong_key(const npim_loader *l, const npim_draft *d, unsigned i, bool missing) {
    bool of_activation = false;
    for (unsigned a = 0; a < COUNT(activation_keys); a++) of_activation |= activation_keys[a] >> i & 1u;
    of_activation &= ((rules[d->layer.kind].required | rules[d->layer.kind].optional) & ACTIVATION) != 0;
    const char *who =
        of_activation ? npim_activation_names[d->keys.activation] : npim_layer_kind_names[d->layer.kind];
    return npim_draft_fail(l, d, missing ? "" : option_keys[i], NPIM_ECONFIG, "%s%s %s key %s",
                           of_activation ? "activation " : "", who, missing ? "needs the" : "has no",
                           option_keys[i]);
}

static npim_status check_presence(const npim_loader *l, const npim_draft *d) {
    const key_rule *rule = &rules[d->layer.kind];
    unsigned required = rule->required | activation_keys[d->keys.activation];
    unsigned allowed = required | rule->optional | of_every_kind;
    for (unsigned i = 0; i < COUNT(option_keys); i++) {
        bool present = npim_draft_entry(l, d, option_keys[i]) != NULL;
        if (!present && required >> i & 1u) return wrong_key(l, d, i, true);
        if (present && !(allowed >> i & 1u)) return wrong_key(l, d, i, false);
    }
    return NPIM_OK;
}

/* True for functions that only bound the codes of a sum or a product. */
static bool bounds(npim_activation activation) {
    return activation == NPIM_ACTIVATION_NONE || activation == NPIM_ACTIVATION_RELU ||
           activation == NPIM_ACTIVATION_RELU6 || activation == NPIM_ACTIVATION_CLIP;
}

/* Where there are values, a function of a sum or a product must not bend. */
static npim_status check_values(const npim_loader *l, const npim_draft *d) {
    npim_layer_kind kind = d->layer.kind;
    npim_activation activation = (npim_activation)d->keys.activation;
    if (d->keys.scale == 0.0 && npim_draft_entry(l, d, "signed"))
        return npim_draft_fail(l, d, "signed", NPIM_ECONFIG, "signed without scale");
    bool by_element = kind == NPIM_LAYER_ADD || kind == NPIM_LAYER_SUB || kind == NPIM_LAYER_MUL;
    if (d->keys.scale == 0.0 || !by_element || bounds(activation)) return NPIM_OK;
    return npim_draft_fail(l, d, "activation", NPIM_ECONFIG,
                           "activation %s of %s: with values, none, relu, relu6 or clip; others must be "
                           "layers of their own",
                           npim_activation_names[activation], npim_layer_kind_names[kind]);
}

npim_status npim_keys_check(const npim_loader *l, const npim_draft *d) {
    const npim_layer_keys *keys = &d->keys;
    if (!npim_draft_entry(l, d, "kind"))
        return npim_draft_fail(l, d, "", NPIM_ECONFIG, "required key kind is missing");
    npim_status status = check_presence(l, d);
    if (status != NPIM_OK) return status;
    if (d->layer.kind == NPIM_LAYER_ACTIVATION && keys->activation == NPIM_ACTIVATION_NONE)
        return npim_draft_fail(l, d, "activation", NPIM_ECONFIG, "activation must not be none here");
    if (keys->activation == NPIM_ACTIVATION_CLIP && !(keys->clip_min < keys->clip_max))
        return npim_draft_fail(l, d, "clip_max", NPIM_ECONFIG, "clip_max = %g must be above clip_min = %g",
                               keys->clip_max, keys->clip_min);
    if (d->layer.kind == NPIM_LAYER_LRN && keys->alpha < 0.0)
        return npim_draft_fail(l, d, "alpha", NPIM_ECONFIG, "alpha = %g: lrn takes 0 or more", keys->alpha);
    return check_values(l, d);
}
