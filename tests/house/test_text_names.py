"""The classes of the text layer and around it have the names of spaCy v3 (3.8.18), but for those listed here."""

from __future__ import annotations

import pytest

import kernel.training
from kernel.language import Language
from kernel.lexeme import Lexeme
from kernel.lookups import Lookups, Table
from kernel.matcher import DependencyMatcher, Matcher, PhraseMatcher
from kernel.morphology import Morphology
from kernel.pipeline import Component
from kernel.scorer import Scorer
from kernel.strings import StringStore
from kernel.text.vocab.underscore import Underscore
from kernel.tokenizer import Tokenizer
from kernel.tokens import Doc, DocBin, MorphAnalysis, Span, SpanGroup, SpanGroups, Token
from kernel.training import Alignment, Example
from kernel.vectors import Vectors
from kernel.vocab import Vocab

NAMES: dict[type, str] = {
    Doc: """
        _ cats char_span copy count_by doc ents extend_tensor from_array from_bytes from_dict from_disk
        from_docs from_json get_extension get_lca_matrix has_annotation has_extension has_unknown_spaces
        has_vector lang lang_ noun_chunks noun_chunks_iterator remove_extension retokenize sentiment sents
        set_ents set_extension similarity spans tensor text text_with_ws to_array to_bytes to_dict to_disk
        to_json user_data user_hooks user_span_hooks user_token_hooks vector vector_norm vocab
    """,
    Token: """
        _ ancestors check_flag children cluster conjuncts dep dep_ doc ent_id ent_id_ ent_iob ent_iob_ ent_kb_id
        ent_kb_id_ ent_type ent_type_ get_extension has_dep has_extension has_head has_morph has_vector head i
        idx iob_strings is_alpha is_ancestor is_ascii is_bracket is_currency is_digit is_left_punct is_lower
        is_oov is_punct is_quote is_right_punct is_sent_end is_sent_start is_space is_stop is_title is_upper
        lang lang_ left_edge lefts lemma lemma_ lex lex_id like_email like_num like_url lower lower_ morph
        n_lefts n_rights nbor norm norm_ orth orth_ pos pos_ prefix prefix_ prob rank remove_extension
        right_edge rights sent sentiment set_extension set_morph shape shape_ similarity subtree suffix suffix_
        tag tag_ tensor text text_with_ws vector vector_norm vocab whitespace_
    """,
    Span: """
        _ as_doc char_span conjuncts doc end end_char ent_id ent_id_ ents get_extension get_lca_matrix
        has_extension has_vector id id_ kb_id kb_id_ label label_ lefts lemma_ n_lefts n_rights noun_chunks
        orth_ remove_extension rights root sent sentiment sents set_extension similarity start start_char
        subtree tensor text text_with_ws to_array vector vector_norm vocab
    """,
    SpanGroup: "append attrs copy doc extend from_bytes has_overlap name to_bytes",
    SpanGroups: "copy from_bytes get items keys pop setdefault to_bytes update values",
    MorphAnalysis: "from_id get key to_dict to_json vocab",
    Underscore: "get has set",
    DocBin: "add from_bytes from_disk get_docs merge to_bytes to_disk",
    Lexeme: """
        check_flag cluster flags has_vector is_alpha is_ascii is_bracket is_currency is_digit is_left_punct
        is_lower is_oov is_punct is_quote is_right_punct is_space is_stop is_title is_upper lang lang_
        like_email like_num like_url lower lower_ norm norm_ orth orth_ prefix prefix_ prob rank sentiment
        set_attrs set_flag shape shape_ similarity suffix suffix_ text vector vector_norm vocab
    """,
    Vocab: """
        add_flag cfg deduplicate_vectors from_bytes from_disk get_noun_chunks get_vector has_vector
        in_memory_zone lang length lex_attr_getters lookups memory_zone morphology prune_vectors reset_vectors
        set_vector strings to_bytes to_disk vectors vectors_length writing_system
    """,
    StringStore: "add as_int as_string from_bytes from_disk items keys memory_zone to_bytes to_disk values",
    Morphology: """
        EMPTY_MORPH FEATURE_SEP FIELD_SEP VALUE_SEP add dict_to_feats feats_to_dict get normalize_attrs
        normalize_features strings
    """,
    Vectors: """
        add attr bow data eow find from_bytes from_disk get_batch hash_count hash_seed is_full items key2row
        keys maxn minn mode most_similar n_keys name resize shape size strings to_bytes to_disk to_ops values
        vectors_length
    """,
    Lookups: "add_table from_bytes from_disk get_table has_table remove_table set_table tables to_bytes to_disk",
    Table: "from_bytes from_dict get items keys move_to_end set to_bytes values",
    Example: """
        alignment from_dict get_aligned get_aligned_ents_and_ner get_aligned_ner get_aligned_parse
        get_aligned_sent_starts get_aligned_spans_x2y get_aligned_spans_y2x get_matching_ents predicted
        reference split_sents text to_dict x y
    """,
    Alignment: "from_indices from_strings x2y y2x",
    Language: """
        Defaults add_pipe analyze_pipes batch_size begin_training component component_names components config
        create_optimizer create_pipe create_pipe_from_source default_error_handler disable_pipe
        disable_pipes disabled enable_pipe evaluate factory factory_names from_bytes from_config from_disk
        get_factory_meta get_factory_name get_pipe get_pipe_config get_pipe_meta has_factory has_pipe initialize
        lang make_doc max_length memory_zone meta path pipe pipe_factories pipe_labels pipe_names pipeline rehearse
        remove_pipe rename_pipe replace_listeners replace_pipe resume_training select_pipes set_error_handler
        set_factory_meta to_bytes to_disk tokenizer update use_params vocab
    """,
    Matcher: "add get has_key pipe remove vocab",
    PhraseMatcher: "add pipe remove vocab",
    DependencyMatcher: "add get has_key remove vocab",
    Tokenizer: """
        add_special_case explain find_infix find_prefix find_suffix from_bytes from_disk infix_finditer pipe
        prefix_search rules score suffix_search to_bytes to_disk token_match url_match vocab
    """,
    Scorer: """
        cfg nlp score score_cats score_deps score_links score_spans score_token_attr score_token_attr_per_feat
        score_tokenization
    """,
    Component: """
        from_bytes from_disk get_error_handler is_trainable label_data labels name pipe predict score scorer
        set_annotations set_error_handler to_bytes to_disk
    """,
}

#: Public there and left out here on purpose. Allocators and tables of C (`mem`); what says so little that nobody has
#: documented it (`to_utf8_array`, `sent_start`); what has been deprecated since v3.0, when
#: `has_annotation` came (`is_tagged` ...); caches of the tokenizer that ours does without; what every pipeline starts
#: from, which is in files here (`default_config`, `factories`); and the state of added attributes, which pickled
#: processes passed on.
LEFT_OUT: dict[type, str] = {
    Doc: "is_nered is_parsed is_sentenced is_tagged mem to_utf8_array",
    Token: "sent_start",
    Morphology: "mem",
    Language: "default_config factories",
    Matcher: "validate",
    Tokenizer: "faster_heuristics max_cache_size",
    Underscore: "doc_extensions get_state load_state mutable_types span_extensions token_extensions",
}

TRAINING = """
    Alignment Example biluo_tags_to_offsets biluo_tags_to_spans biluo_to_iob iob_to_biluo offsets_to_biluo_tags
    remove_bilu_prefix split_bilu_label tags_to_entities
"""


def example_of(cls: type) -> object:
    """An object of a class, since many attributes are only there once it is made."""
    vocab = Vocab()
    doc = Doc(vocab, ["word"])
    made: dict[type, object] = {
        Doc: doc,
        Token: doc[0],
        Span: doc[0:1],
        SpanGroup: SpanGroup(doc),
        SpanGroups: doc.spans,
        MorphAnalysis: doc[0].morph,
        Underscore: doc._,
        DocBin: DocBin(),
        Lexeme: vocab["word"],
        Vocab: vocab,
        StringStore: vocab.strings,
        Morphology: vocab.morphology,
        Vectors: vocab.vectors,
        Lookups: vocab.lookups,
        Table: Table(),
        Example: Example(doc, doc.copy()),
        Alignment: Alignment.identity(1),
        Language: Language(),
        Matcher: Matcher(vocab),
        PhraseMatcher: PhraseMatcher(vocab),
        DependencyMatcher: DependencyMatcher(vocab),
        Tokenizer: Tokenizer(vocab),
        Scorer: Scorer(),
        Component: Component(),
    }
    return made[cls]


@pytest.mark.parametrize("cls", NAMES, ids=lambda cls: cls.__name__)
def test_a_class_has_the_names_that_people_know(cls: type) -> None:
    made = example_of(cls)

    assert [name for name in NAMES[cls].split() if name not in dir(made)] == []


@pytest.mark.parametrize("cls", LEFT_OUT, ids=lambda cls: cls.__name__)
def test_what_is_listed_as_left_out_is_not_there(cls: type) -> None:
    if cls is Underscore:
        assert set(LEFT_OUT[cls].split()).isdisjoint(vars(cls))
    else:
        assert [name for name in LEFT_OUT[cls].split() if hasattr(cls, name)] == []


def test_training_has_the_names_that_people_know() -> None:
    assert [name for name in TRAINING.split() if not hasattr(kernel.training, name)] == []
