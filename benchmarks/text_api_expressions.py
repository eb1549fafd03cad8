# ruff: noqa: E501 (an expression is one line)
"""Expressions for text_api.py; each is evaluated with fresh documents, what stands before the last `;` is executed."""

from __future__ import annotations

PREPARATION = """
vocab = new_vocab()
words = ["The", "old", "cats", "and", "dogs", "of", "New", "York", "did", "n't", "sleep", ".", "They", "sang", "!"]
spaces = [True, True, True, True, True, True, True, True, False, True, False, True, True, False, False]
heads = [2, 2, 10, 2, 2, 2, 7, 5, 10, 10, 10, 10, 13, 13, 13]
deps = ["det", "amod", "nsubj", "cc", "conj", "prep", "compound", "pobj", "aux", "neg", "ROOT", "punct", "nsubj",
        "ROOT", "punct"]
pos = ["DET", "ADJ", "NOUN", "CCONJ", "NOUN", "ADP", "PROPN", "PROPN", "AUX", "PART", "VERB", "PUNCT", "PRON", "VERB",
       "PUNCT"]
tags = ["DT", "JJ", "NNS", "CC", "NNS", "IN", "NNP", "NNP", "VBD", "RB", "VB", ".", "PRP", "VBD", "."]
lemmas = ["the", "old", "cat", "and", "dog", "of", "New", "York", "do", "not", "sleep", ".", "they", "sing", "!"]
morphs = ["", "Degree=Pos", "Number=Plur", "", "Number=Plur", "", "Number=Sing", "Number=Sing", "Tense=Past", "", "",
          "", "Case=Nom|Number=Plur", "Tense=Past", ""]
ents = ["O", "O", "O", "O", "O", "O", "B-GPE", "I-GPE", "O", "O", "O", "O", "B-PER", "O", "O"]
doc = Doc(vocab, words=words, spaces=spaces, heads=heads, deps=deps, pos=pos, tags=tags, lemmas=lemmas, morphs=morphs,
          ents=ents)
doc.cats = {"A": 0.5}
doc.spans["sc"] = [Span(doc, 0, 3, "X", kb_id="Q1"), doc[1:5]]
bare = Doc(vocab, words=["a", "b", " ", "c"], spaces=[True, False, False, False])
empty = Doc(vocab)
vec = Vocab()
for i, w in enumerate(["cat", "dog", "tree", "sky"]):
    vec.set_vector(w, np.asarray([i + 1.0, 2.0, i * i], dtype="float32"))
vdoc = Doc(vec, words=["cat", "dog", "cloud"])
"""

_DOC = """
doc.text
len(doc)
doc[3].text
doc[-1].text
doc[99]
doc[2:5]
doc[-3:]
doc[5:2]
doc[::2]
doc.text_with_ws
doc.has_unknown_spaces
bare.text
empty.text
list(empty.sents)
list(doc.sents)
list(bare.sents)
doc.ents
bare.ents
list(doc.noun_chunks)
doc.cats
doc.has_annotation("DEP")
doc.has_annotation("SENT_START")
doc.has_annotation("ENT_IOB", require_complete=True)
doc.has_annotation("MORPH", require_complete=True)
bare.has_annotation("TAG")
empty.has_annotation("TAG")
bare.has_annotation("SENT_START")
doc.has_annotation("NOPE")
doc.to_array("ORTH")
doc.to_array(["LOWER", "IS_ALPHA", "HEAD", "SENT_START"])
doc.to_array(["POS"])
doc.to_array([])
doc.to_array("ENT_IOB")
doc.to_array("DEP").dtype
doc.to_array("SPACY")
doc.to_array("LENGTH")
doc.count_by(74)
doc.count_by(1)
doc.get_lca_matrix()
bare.get_lca_matrix()
doc[0:4].get_lca_matrix()
doc.char_span(0, 7)
doc.char_span(1, 7)
doc.char_span(1, 7, alignment_mode="expand")
doc.char_span(1, 9, alignment_mode="contract")
doc.char_span(0, 12, label="L", kb_id="K", span_id="S")
doc.char_span(1, 2, alignment_mode="contract")
doc.char_span(3, 4, alignment_mode="expand")
doc.char_span(0, 999)
doc.char_span(0, 999, alignment_mode="expand")
doc.char_span(-5, 3)
doc.char_span(0, 0)
doc.char_span(4, 4)
doc.char_span(0, 3, alignment_mode="nope")
doc[2:8].char_span(0, 4)
[[doc.char_span(a, b, alignment_mode=m) for a in range(0, b)] for b in range(1, 31) for m in ("strict", "expand")]
doc.to_json()
bare.to_json()
Doc(Vocab()).from_json(doc.to_json()).to_json()
Doc(Vocab()).from_json(bare.to_json()).to_json()
Doc(Vocab()).from_json({"text": "a b", "tokens": [{"id": 0, "start": 0, "end": 1}, {"id": 1, "start": 2, "end": 3}], "ents": [{"start": 0, "end": 2, "label": "X"}]}).text
doc.copy().to_json()
Doc(Vocab()).from_bytes(doc.to_bytes()).to_json()
Doc(Vocab()).from_dict(doc.to_dict()).to_json()
Doc.from_docs([doc, bare]).text
Doc.from_docs([doc, doc]).to_json()
Doc.from_docs([bare, doc], ensure_whitespace=False).text
Doc.from_docs([doc, bare], ensure_whitespace=False).text
Doc.from_docs([])
Doc.from_docs([doc, Doc(Vocab(), words=["x"])])
Doc.from_docs([doc, doc], attrs=["TAG"]).has_annotation("DEP")
d = Doc.from_docs([doc, doc]); [(s.start, s.end, s.label_) for s in d.spans["sc"]]
Doc(vocab, words=["a", "b"], spaces=[True]).text
Doc(vocab, spaces=[True]).text
Doc(vocab, words=["a", "b"], heads=[5, 0], deps=["x", "y"])
Doc(vocab, words=["a", "b"], heads=[0]).text
Doc(vocab, words=["a", "b"], deps=["x", "y"])[0].head
Doc(vocab, words=["a", "b"], heads=[1, 1])[0].dep_
Doc(vocab, words=["a", "b"], pos=["NOUN", "NOPE"])
Doc(vocab, words=["a", "b", "c"], sent_starts=[True, None, True]).has_annotation("SENT_START", require_complete=True)
[t.is_sent_start for t in Doc(vocab, words=["a", "b", "c"], sent_starts=[True, None, True])]
[t.is_sent_start for t in Doc(vocab, words=["a", "b", "c"], sent_starts=[True, False, True])]
[t.is_sent_start for t in Doc(vocab, words=["a", "b", "c"], sent_starts=[1, 0, -1])]
[t.is_sent_end for t in Doc(vocab, words=["a", "b", "c"], sent_starts=[True, False, True])]
Doc(vocab, words=["a", "b"], ents=["B-X", "X"])
Doc(vocab, words=["a", "b", "c"], ents=["I-X", "I-X", "B-X"]).ents
[t.ent_iob_ for t in Doc(vocab, words=["a", "b", "c"], ents=["U-X", "O", None])]
Doc(vocab, words=["a", "b", "c"], ents=["B-X", "L-X", "U-Y"]).ents
Doc(vocab, words=["a", "b", "c"], ents=["B-X", None, ""]).ents
Doc(vocab, words=[]).text
doc.lang_
doc.sentiment
doc.vector
doc.has_vector
doc.vector_norm
vdoc.has_vector
vdoc.vector
vdoc.vector_norm
vdoc.similarity(vdoc)
vdoc.similarity(vdoc[0:2])
vdoc[0].similarity(vdoc[1])
vdoc[0].similarity(vec["dog"])
vec["cat"].similarity(vdoc[1])
vec["cat"].similarity(vec["cat"])
vdoc[0:1].similarity(vdoc[0])
vdoc[2].has_vector
vdoc[2].is_oov
vdoc[0].is_oov
vdoc[0].vector_norm
vdoc[0:2].vector
vdoc[2:3].vector
vdoc[0:0].vector
vdoc.vector = np.ones(3); vdoc.vector
vdoc.user_hooks["vector"] = lambda d: np.zeros(3); vdoc.vector
vdoc.user_hooks["similarity"] = lambda a, b: 0.25; vdoc.similarity(vdoc)
vdoc.user_token_hooks["similarity"] = lambda a, b: 0.5; vdoc[0].similarity(vdoc[1])
vdoc.user_span_hooks["similarity"] = lambda a, b: 0.75; vdoc[0:1].similarity(vdoc[1])
vdoc.user_token_hooks["has_vector"] = lambda t: True; vdoc[2].has_vector
doc.user_hooks["sents"] = lambda d: [d[0:2], d[2:15]]; list(doc.sents)
doc.tensor = np.ones((15, 2), dtype="float32"); doc.vector
doc.tensor = np.ones((15, 2), dtype="float32"); doc[0].vector
doc.tensor = np.ones((15, 2), dtype="float32"); doc[0].has_vector
doc.tensor = np.ones((15, 2), dtype="float32"); doc[0:2].has_vector
doc.tensor = np.ones((15, 2), dtype="float32"); doc.extend_tensor(np.zeros((15, 3), dtype="float32")); doc.tensor.shape
doc.extend_tensor(np.zeros((15, 3), dtype="float32")); doc.tensor.shape
doc.set_ents([Span(doc, 0, 2, "A")], default="unmodified"); doc.ents
doc.set_ents([Span(doc, 0, 2, "A")], default="missing"); [t.ent_iob_ for t in doc]
doc.set_ents([Span(doc, 0, 2, "A")], missing=[doc[4:5]], blocked=[doc[6:8]]); [(t.ent_iob, t.ent_type_) for t in doc]
doc.set_ents([], blocked=[doc[6:8]], default="unmodified"); doc.ents
doc.set_ents([Span(doc, 0, 2, "A"), Span(doc, 1, 3, "B")]); doc.ents
doc.set_ents([Span(doc, 0, 2, "A")], outside=[doc[1:3]]); doc.ents
doc.set_ents([], default="nope"); doc.ents
doc.ents = [("X", 0, 2)]; doc.ents
doc.ents = [("X", "KB", 0, 2)]; doc.ents
doc.ents = []; doc.ents
doc.ents = [doc[0:2]]; doc.ents
doc.ents = list(doc.ents) + [Span(doc, 0, 1, "Z", kb_id="Q", span_id="S")]; doc.ents
doc.ents = [Span(doc, 0, 2, "A"), Span(doc, 2, 3, "A")]; [(t.ent_iob_, t.ent_type_) for t in doc][:4]
doc.from_array(["POS"], doc.to_array(["POS"])); [t.pos_ for t in doc][:3]
bare.from_array("ENT_IOB", np.asarray([3, 1, 2, 0], dtype="uint64")); bare.ents
bare.from_array(["ENT_IOB", "ENT_TYPE"], np.asarray([[3, 380], [1, 380], [2, 0], [0, 0]], dtype="uint64")); bare.ents
bare.from_array(["HEAD", "DEP"], np.asarray([[1, 5], [0, 6], [0, 6], [18446744073709551615, 6]], dtype="uint64")); [t.head.i for t in bare]
bare.from_array(["SENT_START"], np.asarray([[1], [0], [1], [0]], dtype="uint64")); [t.is_sent_start for t in bare]
bare.from_array(["TAG", "POS"], np.asarray([1, 2], dtype="uint64"))
bare.from_array(["HEAD"], np.asarray([[9], [0], [0], [0]], dtype="uint64")); [t.head.i for t in bare]
bare[1].is_sent_start = True; [t.is_sent_start for t in bare]
bare[1].is_sent_start = True; list(bare.sents)
bare[1].is_sent_start = "x"; 1
doc[1].is_sent_start = True; 1
Doc.set_extension("x1", default=3, force=True); doc._.x1
Doc.set_extension("x2", default=[], force=True); doc._.x2.append(1); doc._.x2
Doc.set_extension("x3", getter=lambda d: len(d), force=True); doc._.x3
Doc.set_extension("x4", method=lambda d, n: d[n].text, force=True); doc._.x4(2)
Doc.set_extension("x5", setter=lambda d, v: None, force=True); 1
Doc.set_extension("x6", force=True); 1
Doc.set_extension("x7", default=None, getter=lambda d: 1, force=True); 1
Doc.set_extension("x8", method=5, force=True); 1
Doc.set_extension("x1", default=3, force=True); Doc.set_extension("x1", default=3); 1
Doc.set_extension("x1", default=3, force=True); Doc.has_extension("x1"), Token.has_extension("x1")
Doc.set_extension("x1", default=3, force=True); Doc.remove_extension("x1"); Doc.has_extension("x1")
Doc.remove_extension("never"); 1
Doc.get_extension("never")
doc._.never
doc._.never = 1; 1
doc._.has("never")
Token.set_extension("t1", default=False, force=True); doc[2]._.t1 = True; [t._.t1 for t in doc][:4]
Token.set_extension("t1", default=False, force=True); Span.set_extension("s1", default=0, force=True); doc[2]._.t1 = True; doc[0:2]._.s1 = 5; doc.to_json(["t1", "s1"])
Token.set_extension("t1", default=False, force=True); Span.set_extension("s1", default=0, force=True); doc[2]._.t1 = True; doc[0:2]._.s1 = 5; d2 = Doc(Vocab()).from_json(doc.to_json(["t1", "s1"])); (d2[2]._.t1, d2[0:2]._.s1, d2[0:3]._.s1)
doc.to_json(["never"])
doc.user_data["k"] = 1; doc.copy().user_data
Doc(vocab, words=["a"], user_data={"x": 1}).user_data
[str(t) for t in doc] == words
str(doc[0:3])
repr(doc[0:3])
doc == doc.copy()
"""

_TOKEN = """
[t.head.i for t in doc]
[t.dep_ for t in doc]
[[c.i for c in t.children] for t in doc]
[[c.i for c in t.lefts] for t in doc]
[[c.i for c in t.rights] for t in doc]
[t.n_lefts for t in doc]
[t.n_rights for t in doc]
[[c.i for c in t.subtree] for t in doc]
[t.left_edge.i for t in doc]
[t.right_edge.i for t in doc]
[[c.i for c in t.ancestors] for t in doc]
[[a.is_ancestor(b) for a in doc] for b in doc]
[[c.i for c in t.conjuncts] for t in doc]
[t.sent for t in doc]
[t.is_sent_start for t in doc]
[t.is_sent_end for t in doc]
[t.idx for t in doc]
[t.whitespace_ for t in doc]
[t.text_with_ws for t in doc]
[t.orth for t in doc]
[t.lower_ for t in doc]
[t.shape_ for t in doc]
[t.prefix_ for t in doc]
[t.suffix_ for t in doc]
[t.norm_ for t in doc]
[t.lemma_ for t in doc]
[t.tag_ for t in doc]
[t.pos for t in doc]
[str(t.morph) for t in doc]
[t.morph.to_dict() for t in doc]
[t.morph.get("Number") for t in doc]
[t.has_morph() for t in doc]
[t.has_head() for t in doc]
[t.has_dep() for t in doc]
[t.has_head() for t in bare]
[t.has_morph() for t in bare]
[(t.ent_iob, t.ent_iob_, t.ent_type_, t.ent_id_, t.ent_kb_id_) for t in doc]
[t.is_alpha for t in doc]
[t.is_stop for t in doc]
[t.is_punct for t in doc]
[t.like_num for t in doc]
[t.is_oov for t in doc]
[t.rank for t in doc]
[t.lex_id for t in doc]
[t.prob for t in doc]
[t.cluster for t in doc]
[t.sentiment for t in doc]
[t.lang_ for t in doc]
[len(t) for t in doc]
[t.check_flag(1) for t in doc]
doc[0].nbor()
doc[0].nbor(-1)
doc[14].nbor()
doc[3].nbor(2)
Token.iob_strings()
doc[0] == doc[0]
doc[0] == doc[1]
doc[0] < doc[1]
doc[1] >= doc[1]
doc[0] in doc[0:2]
len({doc[0], doc[0]})
doc[0].head = doc[1]; [t.head.i for t in doc]
doc[0].head = bare[1]; 1
doc[0].tag_ = "XX"; doc[0].tag_
doc[0].pos_ = "NOUN"; doc[0].pos
doc[0].pos_ = "NOPE"; 1
doc[0].lemma_ = "L"; doc[0].lemma_
doc[0].norm_ = "N"; (doc[0].norm_, vocab["The"].norm_)
doc[0].dep_ = "D"; doc[0].dep_
doc[0].set_morph("Case=Nom"); str(doc[0].morph)
doc[0].set_morph({"Number": "Sing", "Case": "Nom"}); str(doc[0].morph)
doc[0].set_morph(None); doc[0].has_morph()
doc[1].morph = doc[2].morph; str(doc[1].morph)
doc[0].ent_type_ = "Q"; doc[0].ent_type_
doc[0].ent_id_ = "Q"; doc[0].ent_id_
doc[0].ent_kb_id_ = "Q"; doc[0].ent_kb_id_
[t.sent_start for t in doc]
bare[0].sent
bare[0].vector
bare[2].is_space
doc[0].doc is doc
doc[0].vocab is vocab
doc[0].lex
[[t.i for t in tok.subtree] for tok in Doc(vocab, words=list("abcde"), heads=[2, 3, 2, 2, 1], deps=list("abcde"))]
[[t.left_edge.i, t.right_edge.i] for t in Doc(vocab, words=list("abcde"), heads=[2, 3, 2, 2, 1], deps=list("abcde"))]
[t.is_sent_start for t in Doc(vocab, words=list("abcde"), heads=[2, 3, 2, 2, 1], deps=list("abcde"))]
[t.is_sent_start for t in Doc(vocab, words=list("abcde"), heads=[0, 1, 0, 1, 4], deps=list("abcde"))]
"""

_SPAN = """
[doc[0:5].text, doc[0:5].text_with_ws, doc[0:5].orth_, doc[0:5].lemma_]
(doc[2:5].start_char, doc[2:5].end_char)
(doc[2:2].start_char, doc[2:2].end_char)
doc[2:2].text
doc[0:5].root
doc[5:8].root
doc[0:2].root
doc[12:15].root
doc[8:14].root
doc[2:2].root
bare[0:3].root
list(doc[2:5].lefts)
list(doc[2:5].rights)
list(doc[2:5].subtree)
list(doc[6:8].subtree)
list(doc[9:13].subtree)
(doc[2:5].n_lefts, doc[2:5].n_rights)
doc[2:3].conjuncts
doc[2:5].ents
doc[5:13].ents
doc[6:7].ents
doc[2:5].sent
doc[10:13].sent
list(doc[10:13].sents)
list(doc[0:2].sents)
list(doc[12:12].sents)
doc[0:5].to_array([74, 77])
doc[0:5].to_array([74])
doc[2:9].as_doc().to_json()
doc[2:9].as_doc().text
doc[0:3].as_doc().cats
doc[0:4].as_doc().spans
doc.user_data["k"] = 1; doc[0:3].as_doc(copy_user_data=True).user_data
doc.user_data["k"] = 1; doc[0:3].as_doc().user_data
Token.set_extension("t1", default=0, force=True); doc[3]._.t1 = 5; [t._.t1 for t in doc[2:5].as_doc(copy_user_data=True)]
doc[2:9].as_doc()[0].head
[t.head.i for t in doc[3:8].as_doc()]
doc[6:8].as_doc().ents
doc[7:8].as_doc().ents
doc[2:9][1]
doc[2:9][-1]
doc[2:9][1:3]
doc[2:9][99]
doc[2:9][::2]
[t.i for t in doc[2:5]]
len(doc[2:5])
doc[2:5] == doc[2:5]
doc[2:5] == Span(doc, 2, 5, "X")
doc[2:5] < doc[3:5]
doc[2:5] <= doc[2:5]
Span(doc, 0, 99)
Span(doc, 5, 3)
Span(doc, -1, 3)
Span(doc, 3, 3).text
Span(doc, 0, 2, "L", kb_id="K", span_id="S")
Span(doc, 0, 2, label=380).label_
Span(doc, 0, 2, "L").label == vocab.strings["L"]
s = Span(doc, 0, 2, "L"); s.label_ = "M"; s.kb_id_ = "K"; s.id_ = "I"; s
s = Span(doc, 0, 2, "L", span_id="S"); (s.ent_id_, s.ent_id == s.id)
Span(doc, 0, 2, vector=np.ones(3)).vector
doc[0:2].sentiment
doc[0:2].vector_norm
list(doc[0:4].noun_chunks)
doc.spans
doc.spans["sc"]
doc.spans["sc"][0]
doc.spans["sc"][-1]
doc.spans["sc"][7]
doc.spans["sc"].has_overlap
len(doc.spans["sc"])
doc.spans["nope"]
doc.spans.get("nope")
doc.spans.setdefault("nope", [])
doc.spans.setdefault("nope", [doc[0:1]])
doc.spans["n"] = [bare[0:1]]; 1
doc.spans["n"] = SpanGroup(bare); 1
doc.spans["n"] = SpanGroup(doc, spans=[doc[0:1]], attrs={"a": 1}); (doc.spans["n"].attrs, doc.spans["n"].name)
doc.spans["sc"].append(doc[3:4]); doc.spans["sc"]
doc.spans["sc"].append(bare[0:1]); 1
doc.spans["sc"].extend([doc[3:4], doc[4:5]]); doc.spans["sc"]
doc.spans["sc"].extend(doc.spans["sc"]); len(doc.spans["sc"])
del doc.spans["sc"][0]; doc.spans["sc"]
doc.spans["sc"][0] = doc[7:8]; doc.spans["sc"]
(doc.spans["sc"] + [doc[7:8]])
(doc.spans["sc"] + doc.spans["sc"])
g = SpanGroup(doc, name="a", attrs={"x": 1, "y": 1}) + SpanGroup(doc, name="b", attrs={"x": 2, "z": 3}); (g.name, g.attrs)
doc.spans["sc"] += [doc[7:8]]; doc.spans["sc"]
doc.spans["sc"].copy()
d = doc.copy(); doc.spans["sc"].copy(d)
SpanGroup(doc).from_bytes(doc.spans["sc"].to_bytes())
doc.spans.copy()
doc.spans["sc"].name
doc.spans["sc"].attrs
doc.spans["sc"].doc is doc
del doc.spans["sc"]; doc.spans
d = Doc(Vocab()); d = Doc(Vocab()).from_bytes(doc.to_bytes()); d.spans["sc"]
filter_spans([doc[0:2], doc[1:5], doc[4:6]])
"""

_RETOKENIZE = """
with doc.retokenize() as r: r.merge(doc[6:8]); [(t.text, t.head.i, t.dep_, t.lemma_, t.pos_, t.ent_iob_, t.ent_type_) for t in doc]
with doc.retokenize() as r: r.merge(doc[0:5], attrs={"LEMMA": "L", "POS": "NOUN", "ENT_TYPE": "Z"}); [(t.text, t.head.i, t.dep_, t.lemma_, t.pos_, t.ent_iob_, t.ent_type_) for t in doc]
exec("with doc.retokenize() as r:\\n r.merge(doc[0:2])\\n r.merge(doc[6:8])\\n r.merge(doc[12:14])"); [(t.text, t.head.i, t.dep_, t.is_sent_start) for t in doc]
exec("with doc.retokenize() as r:\\n r.merge(doc[0:2])\\n r.merge(doc[1:3])"); 1
exec("with doc.retokenize() as r:\\n r.merge(doc[0:2])\\n r.merge(doc[0:2])"); len(doc)
with doc.retokenize() as r: r.merge(doc[3:3]); 1
with doc.retokenize() as r: r.merge(doc[0:15]); [(t.text, t.head.i, t.dep_, t.lemma_) for t in doc]
with doc.retokenize() as r: r.merge(doc[5:9]); (doc.text, [t.head.i for t in doc], doc.ents)
with doc.retokenize() as r: r.merge(doc[7:9]); [(t.ent_iob_, t.ent_type_) for t in doc]
with doc.retokenize() as r: r.merge(doc[5:7]); [(t.ent_iob_, t.ent_type_) for t in doc]
with doc.retokenize() as r: r.split(doc[10], ["sl", "eep"], heads=[(doc[10], 1), doc[12]]); [(t.text, t.head.i, t.dep_, t.lemma_, t.whitespace_) for t in doc]
with doc.retokenize() as r: r.split(doc[7], ["Yo", "rk"], heads=[(doc[7], 1), doc[5]], attrs={"POS": ["X", "VERB"], "DEP": ["d1", "d2"], "TAG": ["T1", "T2"]}); [(t.text, t.head.i, t.dep_, t.pos_, t.tag_, t.ent_iob_, t.ent_type_) for t in doc]
with doc.retokenize() as r: r.split(doc[7], ["Yo", "rx"], heads=[doc[5], doc[5]]); 1
with doc.retokenize() as r: r.split(doc[7], ["Yo", "rk"], heads=[doc[5]]); 1
with doc.retokenize() as r: r.split(doc[7], ["Y", "o", "rk"], heads=[(doc[7], 1), (doc[7], 2), doc[5]]); [(t.text, t.head.i, t.idx) for t in doc]
exec("with doc.retokenize() as r:\\n r.merge(doc[0:2])\\n r.split(doc[7], ['Yo', 'rk'], heads=[(doc[7], 1), doc[5]])"); [(t.text, t.head.i) for t in doc]
exec("with doc.retokenize() as r:\\n r.merge(doc[0:2])\\n r.split(doc[1], ['o', 'ld'], heads=[doc[5], doc[5]])"); 1
exec("with doc.retokenize() as r:\\n r.split(doc[0], ['T', 'he'], heads=[doc[2], doc[2]])\\n r.split(doc[2], ['c', 'ats'], heads=[doc[10], doc[10]])"); [(t.text, t.head.i) for t in doc]
with bare.retokenize() as r: r.merge(bare[0:2]); [(t.text, t.whitespace_) for t in bare]
with bare.retokenize() as r: r.split(bare[0], ["a"], heads=[bare[0]]); [t.text for t in bare]
Token.set_extension("rt", default=0, force=True); exec("with doc.retokenize() as r: r.merge(doc[0:2], attrs={'_': {'rt': 7}})"); [t._.rt for t in doc]
Token.set_extension("rt", default=0, force=True); exec("with doc.retokenize() as r: r.split(doc[7], ['Yo', 'rk'], heads=[doc[5], doc[5]], attrs={'_': [{'rt': 7}, {'rt': 8}]})"); [t._.rt for t in doc]
exec("with doc.retokenize() as r: r.merge(doc[0:2], attrs={'_': {'never': 7}})"); 1
doc.tensor = np.arange(30, dtype="float32").reshape(15, 2); exec("with doc.retokenize() as r: r.merge(doc[0:3])"); doc.tensor
doc.tensor = np.arange(8, dtype="float32").reshape(4, 2); 1
with vdoc.retokenize() as r: r.merge(vdoc[0:2]); (vdoc[0].vector, vdoc[0].text)
exec("with doc.retokenize() as r: r.merge(doc[0:2], attrs={'IS_STOP': True})"); doc[0].is_stop
exec("with doc.retokenize() as r: r.merge(doc[0:2], attrs={'MORPH': 'Number=Sing'})"); str(doc[0].morph)
"""

_VOCAB = """
vocab["cats"].text
vocab[vocab.strings["cats"]].lower_
vocab[123456789]
"cats" in vocab
"zebra" in vocab
vocab.strings.add("zebra")
vocab.strings["zebra"]
vocab.strings[12345678]
"zebra" in vocab.strings
len(StringStore(["a", "b", "a"]))
list(StringStore(["a", "b"]))
StringStore().add("")
StringStore()[""]
StringStore(["x"]).as_int("x") == StringStore(["x"])["x"]
StringStore(["x"]).as_string(StringStore(["x"])["x"])
sorted(StringStore(["x", "y"]).keys())
sorted(StringStore(["x", "y"]).values())
sorted(StringStore().from_bytes(StringStore(["x", "y"]).to_bytes()))
vocab["Cats"].is_title
vocab["Cats"].prob
vocab.lookups.add_table("lexeme_prob", {"cats": -3.0}); vocab["cats"].prob
vocab["Cats"].sentiment
vocab["Cats"].sentiment = 0.5; vocab["Cats"].sentiment
vocab["Cats"].cluster
vocab["Cats"].rank
vocab["Cats"].rank = 5; vocab["Cats"].rank
vocab["Cats"].has_vector
vocab["Cats"].is_oov
vocab["Cats"].norm_ = "N"; vocab["Cats"].norm_
vocab["Cats"].is_stop = True; vocab["Cats"].is_stop
vocab["Cats"].check_flag(1)
vocab["Cats"].set_flag(20, True); vocab["Cats"].check_flag(20)
vocab["Cats"].set_attrs(lower="x", is_stop=True); (vocab["Cats"].lower_, vocab["Cats"].is_stop)
f = vocab.add_flag(lambda s: s.startswith("c")); (vocab["cats"].check_flag(f), vocab["dogs"].check_flag(f))
vocab.vectors_length
vec.vectors_length
vec.get_vector("cat")
vec.get_vector("zzz")
vec.has_vector("cat")
vec.has_vector("zzz")
vec.set_vector("bird", np.asarray([9.0, 9.0, 9.0], dtype="float32")); vec.get_vector("bird")
vec["cat"].vector
vec["cat"].vector_norm
vec["cat"].vector = np.asarray([7.0, 7.0, 7.0], dtype="float32"); vec.get_vector("cat")
vec.prune_vectors(2)
vec.prune_vectors(2); [vec.get_vector(w) for w in ("cat", "dog", "tree", "sky")]
vec.prune_vectors(2); vec.vectors.shape
vec.set_vector("c2", vec.get_vector("cat")); vec.deduplicate_vectors(); (vec.vectors.shape[0], vec.get_vector("c2"))
vec.reset_vectors(width=5); vec.vectors.shape[1]
vec.reset_vectors(width=5, shape=(1, 2)); 1
v = Vectors(shape=(3, 2)); v.add("a", vector=np.asarray([1.0, 0.0])); (v.n_keys, v.is_full, v.shape, v.size, v.vectors_length, "a" in v.strings)
Vectors(data=np.eye(3, dtype="float32"), keys=["a", "b", "c"]).most_similar(np.asarray([[1.0, 0.5, 0.0]], dtype="float32"), n=2)[1:]
Vectors(data=np.eye(3, dtype="float32"), keys=["a", "b", "c"]).find(keys=["a", "c", "z"])
Vectors(data=np.eye(3, dtype="float32"), keys=["a", "b", "c"]).find(key="b")
Vectors(data=np.eye(3, dtype="float32"), keys=["a", "b", "c"]).find(row=1) == StringStore()["b"]
Vectors(data=np.eye(3, dtype="float32"), keys=["a", "b", "c"]).find(rows=[0, 1])
Vectors(data=np.eye(3, dtype="float32"), keys=["a", "b", "c"]).find()
Vectors(data=np.eye(3, dtype="float32"), keys=["a", "b", "c"]).resize((2, 3))
Vectors(data=np.eye(3, dtype="float32"), keys=["a", "b", "c"])["z"]
Vectors(data=np.eye(3, dtype="float32"), keys=["a", "b", "c"])["b"]
Vectors(data=np.eye(3, dtype="float32"), keys=["a", "b", "c"]) == Vectors(data=np.eye(3, dtype="float32"), keys=["a", "b", "c"])
Vectors(data=np.arange(40, dtype="float32").reshape(10, 4), mode="floret", minn=2, maxn=3, hash_count=2, hash_seed=7)["hello"]
Vectors(data=np.arange(40, dtype="float32").reshape(10, 4), mode="floret", minn=2, maxn=3, hash_count=4, hash_seed=7).get_batch(["hello", "", "ünïcode", "a much longer string than sixteen bytes"])
Vectors(data=np.arange(40, dtype="float32").reshape(10, 4), mode="floret", minn=2, maxn=3, hash_count=2).n_keys
Vectors(data=np.arange(40, dtype="float32").reshape(10, 4), mode="floret", minn=2, maxn=3, hash_count=2).is_full
Vectors(data=np.arange(40, dtype="float32").reshape(10, 4), mode="floret", minn=3, maxn=2)
Vectors(data=np.arange(40, dtype="float32").reshape(10, 4), mode="floret", minn=1, maxn=2, hash_count=9)
Vectors(mode="floret", minn=1, maxn=2)
Vectors(mode="nope")
"zzz" in Vectors(data=np.arange(40, dtype="float32").reshape(10, 4), mode="floret", minn=2, maxn=3)
l = Lookups(); t = l.add_table("t", {"a": 1}); (t["a"], "a" in t, t.get("b"), len(t), len(l), l.tables, l.has_table("t"), "t" in l)
l = Lookups(); l.add_table("t"); l.add_table("t"); 1
l = Lookups(); l.get_table("t")
l = Lookups(); l.get_table("t", 5)
l = Lookups(); l.remove_table("t"); 1
l = Lookups(); l.set_table("t", Table(name="t", data={"x": 2})); l.get_table("t")["x"]
t = Table.from_dict({"a": 1}, name="n"); (t.name, t["a"], t[StringStore()["a"]], list(t))
t = Table(name="n"); t.set("k", 5); Table().from_bytes(t.to_bytes())["k"]
Table()["k"]
vocab.morphology.add("Number=Sing|Case=Nom")
vocab.morphology.get(vocab.morphology.add("Number=Sing|Case=Nom"))
vocab.morphology.feats_to_dict("Case=Nom|Number=Sing")
vocab.morphology.dict_to_feats({"Number": "Sing", "Case": "Nom"})
(vocab.morphology.FEATURE_SEP, vocab.morphology.FIELD_SEP, vocab.morphology.VALUE_SEP, vocab.morphology.EMPTY_MORPH)
m = MorphAnalysis(vocab, {"Number": "Sing", "Case": "Acc,Nom"}); (str(m), list(m), len(m), m.get("Case"), m.get("X"), m.get("X", ["d"]), m.to_dict(), m.to_json(), "Case=Acc" in m)
Vocab(strings=["a"]).from_bytes(vec.to_bytes()).get_vector("dog")
exec("with vocab.memory_zone(): vocab.strings.add('zone-string')"); "zone-string" in vocab.strings
exec("with vocab.memory_zone(): vocab.strings.add('zone-string', allow_transient=False)"); "zone-string" in vocab.strings
vocab.in_memory_zone
db = DocBin(docs=[doc, bare]); [d.to_json() for d in db.get_docs(Vocab())]
db = DocBin(docs=[doc], store_user_data=True); doc.user_data["k"] = 5; len(db)
a, b = DocBin(docs=[doc]), DocBin(docs=[bare]); a.merge(b); len(a)
"""

_EXAMPLE = """
Example.from_dict(Doc(vocab, words=["a", "b"]), {"words": ["a", "b"], "tags": ["X", None]}).to_dict()
Example.from_dict(Doc(vocab, words=["ab", "c"]), {"words": ["a", "b", "c"], "tags": ["X", "X", "Y"]}).get_aligned("TAG", as_string=True)
Example.from_dict(Doc(vocab, words=["ab", "c"]), {"words": ["a", "b", "c"], "tags": ["X", "Z", "Y"]}).get_aligned("TAG", as_string=True)
Example.from_dict(Doc(vocab, words=["a", "b", "c"]), {"words": ["ab", "c"], "tags": ["X", "Y"]}).get_aligned("TAG", as_string=True)
Example.from_dict(Doc(vocab, words=["a", "b", "c"]), {"words": ["ab", "c"], "heads": [1, 1], "deps": ["d", "ROOT"]}).get_aligned_parse()
Example.from_dict(Doc(vocab, words=["ab", "c"]), {"words": ["a", "b", "c"], "heads": [1, 2, 2], "deps": ["d", "e", "ROOT"]}).get_aligned_parse(projectivize=False)
Example.from_dict(Doc(vocab, words=["a", "b", "c", "d"]), {"heads": [2, 3, 2, 2], "deps": ["d", "e", "ROOT", "f"]}).get_aligned_parse()
Example.from_dict(Doc(vocab, words=["a", "b", "c", "d"]), {"heads": [2, 3, 2, 2], "deps": ["d", "e", "ROOT", "f"]}).get_aligned_parse(projectivize=False)
Example.from_dict(Doc(vocab, words=["a", "b", "c"]), {"entities": ["B-X", "L-X", "O"]}).get_aligned_ner()
Example.from_dict(Doc(vocab, words=["a", "b", "c"]), {"entities": [(0, 3, "X")]}).get_aligned_ner()
Example.from_dict(Doc(vocab, words=["a", "b", "c"]), {"entities": ["-", "U-X", "O"]}).get_aligned_ner()
Example.from_dict(Doc(vocab, words=["a", "b", "c"]), {"entities": [None, "U-X", "O"]}).get_aligned_ner()
Example.from_dict(Doc(vocab, words=["a", "b", "c"]), {}).get_aligned_ner()
Example.from_dict(Doc(vocab, words=["ab", "c"]), {"words": ["a", "b", "c"], "entities": ["O", "U-X", "O"]}).get_aligned_ner()
Example.from_dict(Doc(vocab, words=["ab", "c"]), {"words": ["a", "b", "c"], "entities": ["B-X", "L-X", "O"]}).get_aligned_ner()
Example.from_dict(Doc(vocab, words=["a", "b", "c"]), {"words": ["a", "b", "c"], "entities": [(0, 2, "X")]}).get_aligned_ner()
Example.from_dict(Doc(vocab, words=["a", "b", "c"]), {"entities": [(0, 3, "X"), (2, 5, "Y")]})
Example.from_dict(Doc(vocab, words=["a", "b", "c"]), {"entities": ["B-X", "O"]})
Example.from_dict(Doc(vocab, words=["a", "b", "c"]), {"nope": 1})
Example.from_dict(Doc(vocab, words=["a", "b", "c"]), {"words": ["a", "x", "c"]}).alignment.x2y.data
Example.from_dict(Doc(vocab, words=["a", "b", "c"]), {"heads": [9, 0, 0], "deps": ["a", "b", "c"]})
Example.from_dict(Doc(vocab, words=["a", "b"]), {"cats": {"A": 1.0, "B": 0.0}}).to_dict()
Example.from_dict(Doc(vocab, words=["a", "b"]), {"spans": {"sc": [(0, 1, "L"), (0, 3, "M")]}}).to_dict()
Example.from_dict(Doc(vocab, words=["a", "b"]), {"spans": {"sc": [(0, 2, "L")]}})
Example.from_dict(Doc(vocab, words=["a", "b"]), {"entities": [(0, 1, "L")], "links": {(0, 1): {"Q1": 1.0, "Q2": 0.0}}}).to_dict()
Example.from_dict(Doc(vocab, words=["a", "b"]), {"sent_starts": [True, False]}).get_aligned_sent_starts()
Example.from_dict(Doc(vocab, words=["a", "b"]), {}).get_aligned_sent_starts()
Example.from_dict(Doc(vocab, words=["a", "b", "c"]), {"words": ["ab", "c"], "sent_starts": [True, True]}).get_aligned_sent_starts()
Example.from_dict(Doc(vocab, words=["ab", "c"]), {"words": ["a", "b", "c"], "sent_starts": [True, False, True]}).get_aligned_sent_starts()
Example.from_dict(Doc(vocab, words=["ab", "c"]), {"words": ["a", "b", "c"], "sent_starts": [True, True, True]}).get_aligned_sent_starts()
Example.from_dict(Doc(vocab, words=["a", "\\n", "c"]), {"words": ["a", "c"], "tags": ["X", "Y"]}).get_aligned("TAG", as_string=True)
Example.from_dict(Doc(vocab, words=["a", "\\n", "c"]), {"words": ["a", "c"], "entities": ["B-X", "L-X"]}).get_aligned_ner()
Example.from_dict(Doc(vocab, words=["a", "c"]), {"words": ["a", "\\n", "c"], "entities": ["B-X", "I-X", "L-X"]}).get_aligned_ner()
Example.from_dict(Doc(vocab, words=["A", "B"]), {"words": ["a", "b"], "tags": ["X", "Y"]}).get_aligned("TAG", as_string=True)
Example(doc.copy(), doc).get_matching_ents()
Example(doc.copy(), doc).get_matching_ents(check_label=False)
p = doc.copy(); p.ents = [Span(p, 6, 8, "ORG")]; (Example(p, doc).get_matching_ents(), Example(p, doc).get_matching_ents(check_label=False))
[(e.predicted.text, e.reference.text) for e in Example(doc.copy(), doc).split_sents()]
[e.to_dict() for e in Example(doc.copy(), doc).split_sents()]
Example(doc.copy(), doc).get_aligned_spans_x2y(doc.ents)
Example(doc.copy(), doc).get_aligned_spans_y2x(doc.ents)
Example(Doc(vocab, words=["a", "b", "c"]), Doc(vocab, words=["ab", "c"], ents=["B-X", "O"])).get_aligned_spans_y2x([Span(Doc(vocab, words=["ab", "c"]), 0, 1, "Z")])
Example(Doc(vocab, words=["ab", "c"]), Doc(vocab, words=["a", "b", "c"])).get_aligned_spans_y2x([Span(Doc(vocab, words=["a", "b", "c"]), 0, 1, "Z")])
Example(doc.copy(), doc).get_aligned_ents_and_ner()
Example(doc.copy(), doc).text
Example(doc.copy(), doc).to_dict()
Example(doc, "x")
Example.from_dict("x", {})
Example(doc.copy(), doc).get_aligned("NOPE")
Example(doc.copy(), doc).get_aligned("MORPH", as_string=True)
Example(doc.copy(), doc).get_aligned("POS", as_string=True)
Example(doc.copy(), doc).get_aligned("LEMMA", as_string=True)
Example(doc.copy(), doc).get_aligned_parse()
Alignment.from_strings(["a", "bc"], ["ab", "c"]).x2y.data
Alignment.from_strings(["a", "bc"], ["ab", "c"]).x2y.lengths
Alignment.from_strings(["A", "Bc"], ["ab", "C"]).y2x.data
Alignment.from_strings(["a", "b"], ["x", "y"]).x2y.data
Alignment.from_strings([], []).x2y.data
Alignment.from_indices([[0], [0, 1]], [[0, 1], [1]]).x2y.lengths
offsets_to_biluo_tags(doc, [(4, 8, "X")])
offsets_to_biluo_tags(doc, [(0, 8, "X")])
offsets_to_biluo_tags(doc, [(1, 8, "X")])
offsets_to_biluo_tags(doc, [(0, 3, "X")], missing="-")
offsets_to_biluo_tags(doc, [(0, 8, "X"), (4, 12, "Y")])
offsets_to_biluo_tags(doc, [(0, 8, "")])
biluo_tags_to_offsets(bare, ["B-X", "I-X", "L-X", "O"])
biluo_tags_to_offsets(bare, ["U-X", "-", "O", "U-Y"])
biluo_tags_to_spans(bare, ["B-X", "I-X", "L-X", "O"])
biluo_tags_to_spans(bare, ["B-X", "O", "L-X", "O"])
biluo_tags_to_spans(bare, ["L-X", "O", "O", "O"])
iob_to_biluo(["O", "B-X", "I-X", "O", "B-X", "B-X", "I-X"])
iob_to_biluo(["O", "I-X", "I-X", "O", "B-X", "I-Y"])
iob_to_biluo(["O", "O"])
iob_to_biluo([])
iob_to_biluo(["B-X", "-", "B-Y"])
iob_to_biluo(["Z-X"])
biluo_to_iob(["U-X", "B-X", "L-X", "O", "B-Y", "I-Y", "L-Y", "-"])
tags_to_entities(["U-X", "B-X", "L-X", "O", "B-Y", "I-Y", "L-Y"])
tags_to_entities(["U-X", "-", "O"])
tags_to_entities(["I-X"])
tags_to_entities(["B-X"])
tags_to_entities(["B-X", "O"])
split_bilu_label("B-PER-SON")
split_bilu_label("BX")
remove_bilu_prefix("B-PER")
"""

EXPRESSIONS = [
    line
    for group in (_DOC, _TOKEN, _SPAN, _RETOKENIZE, _VOCAB, _EXAMPLE)
    for line in group.strip().splitlines()
]

#: Differences that are meant: why, and what an expression holds.
MEANT: dict[str, tuple[str, ...]] = {
    "an empty or unparsed document, and an attribute list that is empty, have an answer": (
        "doc.to_array([])",
        "bare.get_lca_matrix()",
    ),
    "whitespace tokens come back": ("Doc(Vocab()).from_json(bare.to_json())",),
    "heads may come without labels": ("heads=[1, 1])[0].dep_",),
    "BILUO tags are read too, and an inside that follows nothing begins an entity": (
        'ents=["I-X", "I-X", "B-X"]',
        'ents=["U-X", "O", None]',
        'ents=["B-X", "L-X", "U-Y"]',
        'bare.from_array("ENT_IOB"',
    ),
    "not documented; is_sent_start has it": ("[t.sent_start for",),
    "in the order of the text, and whole, in trees that are not projective": (
        "[[t.i for t in tok.subtree] for tok in",
        "[[t.left_edge.i, t.right_edge.i] for t in Doc",
    ),
    "an empty span has no root": ("doc[2:2].root",),
    "a slice keeps the categories and the groups of spans within it": (
        "doc[2:9].as_doc().to_json()",
        "doc[0:3].as_doc().cats",
        "doc[0:4].as_doc().spans",
        "[e.to_dict() for e in Example(doc.copy(), doc).split_sents()]",
    ),
    "ent_id is another name of a span's id; there it is that of the root token": (
        's = Span(doc, 0, 2, "L", span_id="S"); (s.ent_id_',
    ),
    "works here": (
        'doc.spans["sc"][0] = ',
        '(doc.spans["sc"] + [doc[7:8]])',
        'sorted(StringStore(["x", "y"]).keys',
        'sorted(StringStore(["x", "y"]).values',
        "v = Vectors(shape=(3, 2))",
        '"TAG": ["T1", "T2"]}',
    ),
    "parts of a token inherit its annotation, as documented; there they keep what the next token had": (
        '["sl", "eep"]',
    ),
    "None stands for what is unknown": ('"tags": ["X", None]}).to_dict()',),
    "the number of tags is checked": ('{"entities": ["B-X", "O"]})',),
    "what is not annotated is not made O, empty or a root": (
        '{"cats": {"A": 1.0, "B": 0.0}}).to_dict',
        '(0, 3, "M")]}}).to_dict()',
        '"links": {(0, 1): {"Q1": 1.0',
    ),
    "an entity may have whitespace tokens inside": (
        '"entities": ["B-X", "L-X"]}).get_aligned_ner()',
        '"entities": ["B-X", "I-X", "L-X"]})',
    ),
    "`_` says that no features is what was annotated": ("Example(doc.copy(), doc).to_dict()",),
    "what is unknown is no entity": (
        'biluo_tags_to_offsets(bare, ["U-X", "-"',
        'tags_to_entities(["U-X", "-"',
    ),
    "tags that make no whole entities are refused": (
        'biluo_tags_to_spans(bare, ["B-X", "O"',
        'tags_to_entities(["B-X"',
        'iob_to_biluo(["Z-X"]',
        'split_bilu_label("BX")',
    ),
    "`-` stands for what is unknown in IOB too": ('iob_to_biluo(["B-X", "-"',),
}
