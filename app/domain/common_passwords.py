"""What common passwords are made of: words, rows of keys, and runs of letters and digits.

Lists of leaked passwords hold few of twelve characters and more, and nearly all of those are such a word with
something cheap beside it: a year, a row of keys, the word again. So the parts are kept, not the wholes.
"""

_WORDS = """
abc123 access account admin administrator adjudicator amanda america amigo andrea andrew angel angels
anthony apple arsenal asdfgh ashley austin baby babygirl banana barcelona barney baseball basketball batman
beautiful benfica bienvenido bismillah blessed blink182 bonjour bonita brandon bubbles buster butterfly
canada carlos carolina celtic champion change changeme charlie cheese chelsea chicken chocolate clinic
clinical computer contrasena cookie coordinator correct cowboys daniel danielle database default demo
diamond doctor dolphin donald dragon easter elephant elizabeth eminem enter estrella fender ferrari flower
flowers football forever freedom friend friends fuckyou gateway geheim george ginger god goodluck google
guest hallo hannah happy hardcore harley hello hello123 helloworld hepar hepatology heslo hockey hola
hospital hunter iloveyou iloveu internet jasmine jennifer jessica jesus jesuschrist jordan jordan23 joshua
juventus justin killer kitten lakers letmein liver liverpool login london looking love lovely lover loveyou
lucky madrid maggie manager manchester mariana marina master matrix matthew medicine mercedes merlin michael
michelle mickey minecraft monday money monitor monkey monster mother motdepasse mustang mypassword nicholas
nicole ninja nirvana nothing number1 nurse oliver open orange pakistan parola pass passe passcode passphrase
passw password passwort patient patrick peanut pepper phoenix pineapple pokemon police portugal prince
princesa princess private purple qazwsx qwerty qwertz rainbow random rangers realmadrid research root
samantha samsung santiago scooter secret secreto senha service shadow shalom siempre slipknot snoopy soccer
softball solo spiderman spring staff starwars statistician student study summer sunday sunflower sunshine
superman supersecret superuser support sweetheart swordfish sysadmin system teacher temp temporary tennis
teamo test tester testing thomas thunder tigger tinkerbell trial trustno1 turtle twitter user vanessa
victoria vodafone wachtwoord welcome welcome1 whatever william windows winner winter wizard yankees yellow
zaq12wsx autumn january february march april may june july august september october november december
tuesday wednesday thursday friday saturday spain verano invierno primavera sommer
"""
WORDS: frozenset[str] = frozenset(_WORDS.split())

RUNS: tuple[str, ...] = (
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "qsdfghjklm",
    "zxcvbnm",
    "yxcvbnm",
    "wxcvbn",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "!@#$%^&*()",
    '!"£$%^&*()',
    "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    "йцукенгшщзхъ",
    "фывапролджэ",
    "ячсмитьбю",
)
"""Neighbours on a keyboard or in an alphabet; backwards as well."""
