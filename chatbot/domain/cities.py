"""Where people live, as they say it, where the time zone data has no zone of that name.

Zones are called after one city each (https://data.iana.org/time-zones/theory.html#naming); these are large cities
beside them, other spellings, and countries that have one zone or one that nearly everybody lives in.
"""

from collections.abc import Mapping

_LIVING_BY: Mapping[str, str] = {
    "Africa/Abidjan": "Ivory Coast, Côte d'Ivoire",
    "Africa/Accra": "Ghana",
    "Africa/Addis_Ababa": "Ethiopia",
    "Africa/Algiers": "Algeria",
    "Africa/Cairo": "Egypt, Alexandria, Giza",
    "Africa/Casablanca": "Morocco, Rabat, Marrakesh, Fes, Tangier",
    "Africa/Johannesburg": "South Africa, Cape Town, Durban, Pretoria",
    "Africa/Lagos": "Nigeria, Abuja, Kano, Ibadan, Port Harcourt",
    "Africa/Nairobi": "Kenya, Mombasa",
    "Africa/Tunis": "Tunisia",
    "America/Argentina/Buenos_Aires": "Argentina, Rosario, La Plata",
    "America/Bogota": "Colombia, Medellín, Cali, Barranquilla, Cartagena",
    "America/Caracas": "Venezuela, Maracaibo, Valencia Venezuela",
    "America/Chicago": (
        "Dallas, Houston, Austin, San Antonio, Minneapolis, New Orleans, Nashville, St. Louis, Milwaukee, Kansas City"
    ),
    "America/Costa_Rica": "San José Costa Rica",
    "America/Denver": "Salt Lake City, Albuquerque, Colorado Springs",
    "America/Edmonton": "Calgary",
    "America/Guayaquil": "Ecuador, Quito",
    "America/Halifax": "Nova Scotia",
    "America/La_Paz": "Bolivia, Santa Cruz de la Sierra",
    "America/Lima": "Peru",
    "America/Los_Angeles": (
        "San Francisco, Seattle, San Diego, Las Vegas, Portland, Sacramento, San Jose, Silicon Valley, Oakland"
    ),
    "America/Mexico_City": "Guadalajara, Puebla, Mexico",
    "America/Montevideo": "Uruguay",
    "America/New_York": (
        "NYC, Washington, Washington DC, Boston, Miami, Philadelphia, Atlanta, Orlando, Tampa, Charlotte, Baltimore, "
        "Pittsburgh, Cleveland, Brooklyn, Manhattan"
    ),
    "America/Panama": "Panama City",
    "America/Phoenix": "Tucson, Arizona",
    "America/Santo_Domingo": "Dominican Republic",
    "America/Sao_Paulo": (
        "Rio de Janeiro, Rio, Brasília, Belo Horizonte, Curitiba, Porto Alegre, Florianópolis, Campinas, Goiânia"
    ),
    "America/Santiago": "Chile, Valparaíso",
    "America/Toronto": "Ottawa, Montréal, Quebec, Hamilton Ontario",
    "America/Vancouver": "Victoria British Columbia",
    "Asia/Almaty": "Kazakhstan, Astana",
    "Asia/Baku": "Azerbaijan",
    "Asia/Bangkok": "Thailand, Chiang Mai, Phuket, Pattaya",
    "Asia/Colombo": "Sri Lanka",
    "Asia/Dhaka": "Bangladesh, Chittagong",
    "Asia/Dubai": "Abu Dhabi, United Arab Emirates, UAE, Sharjah",
    "Asia/Ho_Chi_Minh": "Vietnam, Hanoi, Da Nang",
    "Asia/Hong_Kong": "HK",
    "Asia/Jakarta": "Bandung, Surabaya, Java",
    "Asia/Jerusalem": "Israel, Haifa",
    "Asia/Karachi": "Pakistan, Lahore, Islamabad, Rawalpindi, Faisalabad",
    "Asia/Kathmandu": "Nepal",
    "Asia/Kolkata": (
        "India, Mumbai, Bombay, Delhi, New Delhi, Bangalore, Bengaluru, Chennai, Madras, Hyderabad, Pune, Ahmedabad, "
        "Jaipur, Goa"
    ),
    "Asia/Kuala_Lumpur": "Malaysia, Penang, Johor Bahru",
    "Asia/Makassar": "Bali, Denpasar",
    "Asia/Manila": "Philippines, Quezon City, Cebu, Davao",
    "Asia/Phnom_Penh": "Cambodia",
    "Asia/Qatar": "Doha",
    "Asia/Riyadh": "Saudi Arabia, Jeddah, Mecca",
    "Asia/Seoul": "South Korea, Korea, Busan, Incheon",
    "Asia/Shanghai": (
        "China, Beijing, Peking, Shenzhen, Guangzhou, Canton, Chengdu, Hangzhou, Wuhan, Nanjing, Tianjin, Xi'an"
    ),
    "Asia/Taipei": "Taiwan, Kaohsiung, Taichung",
    "Asia/Tashkent": "Uzbekistan",
    "Asia/Tbilisi": "Georgia, Batumi",
    "Asia/Tehran": "Iran, Isfahan, Mashhad, Shiraz",
    "Asia/Tokyo": "Japan, Osaka, Kyoto, Yokohama, Nagoya, Sapporo, Fukuoka, Kobe",
    "Asia/Yekaterinburg": "Ekaterinburg, Chelyabinsk, Perm",
    "Asia/Yerevan": "Armenia",
    "Atlantic/Reykjavik": "Iceland",
    "Australia/Brisbane": "Gold Coast, Queensland",
    "Australia/Melbourne": "Geelong",
    "Australia/Sydney": "Canberra, Newcastle Australia",
    "Europe/Amsterdam": "Netherlands, Holland, Rotterdam, The Hague, Den Haag, Utrecht, Eindhoven",
    "Europe/Athens": "Greece, Thessaloniki",
    "Europe/Belgrade": "Serbia, Novi Sad",
    "Europe/Berlin": (
        "Germany, Deutschland, Munich, München, Hamburg, Frankfurt, Cologne, Köln, Stuttgart, Düsseldorf, Leipzig, "
        "Dresden, Hannover, Nuremberg, Nürnberg, Bremen, Dortmund, Essen, Bonn"
    ),
    "Europe/Bratislava": "Slovakia, Košice",
    "Europe/Brussels": "Belgium, Antwerp, Ghent, Bruges",
    "Europe/Bucharest": "Romania, Cluj-Napoca, Cluj, Timișoara, Iași",
    "Europe/Budapest": "Hungary, Debrecen",
    "Europe/Chisinau": "Moldova",
    "Europe/Copenhagen": "Denmark, Aarhus",
    "Europe/Dublin": "Ireland, Cork, Galway",
    "Europe/Helsinki": "Finland, Tampere, Espoo, Turku",
    "Europe/Istanbul": "Turkey, Türkiye, Ankara, Izmir, Antalya, Bursa",
    "Europe/Kyiv": "Ukraine, Kiev, Lviv, Odesa, Odessa, Kharkiv, Dnipro",
    "Europe/Lisbon": "Portugal, Porto, Braga",
    "Europe/Ljubljana": "Slovenia",
    "Europe/London": (
        "United Kingdom, UK, England, Scotland, Wales, Great Britain, Manchester, Birmingham, Edinburgh, Glasgow, "
        "Liverpool, Leeds, Bristol, Cardiff, Belfast"
    ),
    "Europe/Madrid": "Spain, Barcelona, Valencia, Seville, Sevilla, Málaga, Bilbao, Zaragoza, Palma",
    "Europe/Minsk": "Belarus",
    "Europe/Moscow": "Saint Petersburg, St. Petersburg, Kazan, Nizhny Novgorod, Sochi, Rostov",
    "Europe/Oslo": "Norway, Bergen, Trondheim",
    "Europe/Paris": "France, Lyon, Marseille, Toulouse, Nice, Bordeaux, Lille, Nantes, Strasbourg",
    "Europe/Prague": "Czech Republic, Czechia, Praha, Brno, Ostrava",
    "Europe/Riga": "Latvia",
    "Europe/Rome": "Italy, Roma, Milan, Milano, Naples, Napoli, Turin, Torino, Florence, Bologna, Venice, Palermo",
    "Europe/Sofia": "Bulgaria, Plovdiv, Varna",
    "Europe/Stockholm": "Sweden, Gothenburg, Göteborg, Malmö, Uppsala",
    "Europe/Tallinn": "Estonia, Tartu",
    "Europe/Vienna": "Austria, Wien, Graz, Salzburg, Linz, Innsbruck",
    "Europe/Vilnius": "Lithuania, Kaunas",
    "Europe/Warsaw": "Poland, Warszawa, Kraków, Cracow, Gdańsk, Wrocław, Poznań, Łódź, Katowice",
    "Europe/Zagreb": "Croatia, Split, Rijeka",
    "Europe/Zurich": "Switzerland, Geneva, Genève, Basel, Bern, Lausanne, Zug, Lugano",
    "Pacific/Auckland": "New Zealand, Wellington, Christchurch",
    "Pacific/Honolulu": "Hawaii",
    "UTC": "GMT, Greenwich, Zulu",
}

CITIES: Mapping[str, str] = {name: zone for zone, names in _LIVING_BY.items() for name in names.split(", ")}
"""The zone of each name."""
