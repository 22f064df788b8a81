"""What the guidelines say of words, as classes of lemmas: encounters, the phases, the two acts, and what governs them.

Written from the guidelines and from train. The classes are features, never decisions: the classifiers weigh them.
"""

from __future__ import annotations

CLASSES: dict[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "summit": "sommet",
        "encounter": "rencontre entretien réunion entrevue tête-à-tête face-à-face pourparler pourparlers visite "
        "conférence séance audience aparté rendez-vous retrouvailles conciliabule conclave colloque "
        "concertation consultation session médiation déjeuner dîner souper promenade tour table négociation "
        "réception conversation discussion dialogue échange contact huis round cycle sommet déplacement venue",
        "call": "appel téléphone coup fil visioconférence visio téléphonique téléphoner appeler rappeler combiné "
        "ligne écran vidéo virtuel joindre décrocher raccrocher",
        "meet": "rencontrer voir recevoir retrouver réunir entretenir parler conférer dialoguer discuter débattre "
        "négocier accueillir croiser rejoindre asseoir attabler isoler délibérer concerter reparler revoir "
        "affronter siéger converser dîner déjeuner promener saluer visiter",
        "go": "venir aller rendre revenir retourner voyager partir arriver déplacer participer assister viendre",
        "occur": "lieu tenir dérouler ouvrir clore commencer durer achever conclure reprendre poursuivre",
        "propose": "proposer souhaiter espérer inviter suggérer offrir évoquer envisager vouloir possible disponible "
        "favorable idée proposition invitation offre demander demande imaginer lancer plaider réclamer "
        "compter intention prêt appeler envisageable ouvert désirer rêver songer solliciter prôner projeter "
        "vœu souhait éventualité hypothèse possibilité",
        "announce": "annoncer prévoir convenir accepter confirmer fixer programmer attendre annonce oui choisir promettre "
        "engager convoquer préparer arrêter inscrire agenda maintenir acceptation confirmation préparatif "
        "devoir calendrier prévu attendu programmé convenu fixé convocation feu projet planifier organiser "
        "décider retenir",
        "postpone": "reporter repousser différer reprogrammer ajourner décaler avancer report retarder retard remettre "
        "glisser ajournement décalage prolonger renvoi renvoyer reprogrammation reculer différé reporté "
        "repoussé",
        "cancel": "annuler annulation renoncer interrompre tomber bouder décommander bond avorter capoter fin rompre "
        "suspendre abandonner rupture claquer raviser enterrer tourner passer échouer suspension renoncement "
        "désister défection annulé boycotter quitter échec saborder torpiller",
        "refuse": "décliner exclure refuser rejeter écarter non-recevoir non refus dérober éviter opposer rejet veto "
        "récuser bannir dédaigner rebuffade question balayer inenvisageable impossible",
        "agreement": "accord trêve traité pacte cessez-le-feu signer signature parapher convention protocole entente "
        "compromis armistice paix mémorandum contrat accord-cadre ratifier texte déclaration communiqué "
        "cessation charte document",
        "demand": "exiger réclamer demander condition exigence ultimatum préalable sommer demeure insister avertir "
        "menacer prévenir revendication revendiquer imposer conditionner indispensable injonction requérir "
        "poser",
        "light": "avoir tenir faire mener organiser donner passer conclure signer être dire rendre rester prendre "
        "mettre",
        "say": "dire déclarer indiquer affirmer préciser expliquer assurer ajouter souligner répondre écrire "
        "raconter rapporter",
        "deny": "démentir nier démenti contester réfuter",
        "modal": "pouvoir devoir vouloir falloir sembler paraître",
        "doubt": "peut-être prétendre soupçonner éventuel rumeur probable hypothétique bruit croire",
        "negation": "ne n' pas aucun sans ni jamais plus nul rien personne guère",
        "if": "si s' condition sauf faute cas",
        "leader": "président présidente chancelier chancelière roi reine premier première dirigeant dirigeante "
        "souverain empereur monarque prince princesse duc chef cheffe émir sultan tsar régent régente "
        "président-directeur",
        "official": "ministre émissaire délégation négociateur négociatrice ambassadeur ambassadrice secrétaire envoyé "
        "envoyée conseiller conseillère diplomate général générale expert médiateur médiatrice chancellerie "
        "gouverneur préfet maire fonctionnaire commissaire représentant porte-parole vice-président "
        "gouverneure directeur directrice homologue",
    }.items()
}

# Nouns that head a description of an entity, by the type it has (guidelines, section 5).
DESCRIPTIONS: dict[str, str] = {
    word: kind
    for kind, words in {
        "PER": "président présidente chancelier chancelière roi reine ministre premier dirigeant dirigeante émissaire"
        " ambassadeur ambassadrice envoyé envoyée médiateur médiatrice souverain souveraine secrétaire gouverneur maire"
        " général conseiller conseillère négociateur négociatrice préfet prince princesse vice-président chef cheffe",
        "ORG": "délégation ministère cabinet parlement coalition alliance syndicat rebelle séparatiste allié expert"
        " fonctionnaire diplomate parlementaire émissaire armateur milice faction commission ligue organisation",
        "GPE": "gouvernement présidence chancellerie exécutif régime principauté duché république royaume",
        "LOC": "château palais hôtel villa base île aéroport aérodrome siège musée pont abbaye gare ambassade résidence"
        " pavillon manoir domaine monastère ferme frontière poste port barrage moulin usine manufacture navire bateau"
        " théâtre mairie chapelle église refuge phare forteresse camp salle salon maison demeure col lac fort quai"
        " tonnelle consulat préfecture rade wagon sacristie tente auberge hangar couvent station zone",
    }.items()
    for word in words.split()
}

_BY_WORD: dict[str, tuple[str, ...]] = {}
for _name, _words in CLASSES.items():
    for _word in _words:
        _BY_WORD[_word] = (*_BY_WORD.get(_word, ()), _name)


def classes(lemma: str, word: str) -> tuple[str, ...]:
    """The classes of a lemma, or else of the form itself."""
    return _BY_WORD.get(lemma) or _BY_WORD.get(word) or ()
